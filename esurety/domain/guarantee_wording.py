"""What the certificate says for each product: the name of the terms (約款) and the guarantee's sentence (保証文言).

The wording is ours [assumption]: a surety's own, approved terms replace it before real use.
"""

from esurety.domain.products import Product

TERMS_NAMES = {
    Product.ADVANCE_PAYMENT: "前払金保証約款",
    Product.INTERIM_ADVANCE_PAYMENT: "中間前払金保証約款",
    Product.CONTRACT_PERFORMANCE: "契約保証約款",
}

GUARANTEE_STATEMENTS = {
    Product.ADVANCE_PAYMENT: (
        "当社は、上記の契約について保証契約者の債務不履行により契約が解除された場合に、"
        "保証契約者が返還すべき前払金の額について、約款に従い、保証金額を限度として被保証者に対し保証します。"
    ),
    Product.INTERIM_ADVANCE_PAYMENT: (
        "当社は、上記の契約について保証契約者の債務不履行により契約が解除された場合に、"
        "保証契約者が返還すべき中間前払金の額について、約款に従い、保証金額を限度として被保証者に対し保証します。"
    ),
    Product.CONTRACT_PERFORMANCE: (
        "当社は、上記の契約について保証契約者の債務不履行により契約が解除された場合に、"
        "保証契約者が支払うべき損害金について、約款に従い、保証金額を限度として被保証者に対し保証します。"
    ),
}
