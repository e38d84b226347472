"""first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

CHANGED_CONTRACT = "fk_applications_changed_contract_id"


def upgrade() -> None:
    op.create_table(
        "authorities",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("folded_name", sa.String(length=400), nullable=False),
        sa.Column("head", sa.String(length=200), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authorities")),
        sa.UniqueConstraint("name", name=op.f("uq_authorities_name")),
    )
    op.create_table(
        "certificate_files",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_certificate_files")),
    )
    op.create_table(
        "gate_attempts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=12), nullable=True),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("succeeded", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gate_attempts")),
    )
    with op.batch_alter_table("gate_attempts", schema=None) as batch_op:
        batch_op.create_index("ix_gate_attempts_number_at", ["number", "at"], unique=False)
        batch_op.create_index("ix_gate_attempts_source_at", ["source", "at"], unique=False)

    op.create_table(
        "sign_in_attempts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("succeeded", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempts")),
    )
    with op.batch_alter_table("sign_in_attempts", schema=None) as batch_op:
        batch_op.create_index("ix_sign_in_attempts_email_at", ["email", "at"], unique=False)
        batch_op.create_index("ix_sign_in_attempts_source_at", ["source", "at"], unique=False)

    op.create_table(
        "sureties",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("representative", sa.String(length=200), nullable=False),
        sa.Column("four_eyes_above", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sureties")),
        sa.UniqueConstraint("name", name=op.f("uq_sureties_name")),
    )
    op.create_table(
        "branches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("surety_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("phone", sa.String(length=30), nullable=False),
        sa.Column("hours", sa.String(length=100), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.CheckConstraint("code BETWEEN 1 AND 999", name=op.f("ck_branches_code_has_three_digits")),
        sa.ForeignKeyConstraint(["surety_id"], ["sureties.id"], name=op.f("fk_branches_surety_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_branches")),
        sa.UniqueConstraint("code", name=op.f("uq_branches_code")),
        sa.UniqueConstraint("surety_id", "name", name=op.f("uq_branches_surety_id_name")),
    )
    op.create_table(
        "companies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("surety_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("folded_name", sa.String(length=400), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("representative", sa.String(length=200), nullable=False),
        sa.Column("depository", sa.String(length=200), nullable=False),
        sa.Column("pays_monthly", sa.Boolean(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["surety_id"], ["sureties.id"], name=op.f("fk_companies_surety_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_companies")),
    )
    with op.batch_alter_table("companies", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_companies_surety_id"), ["surety_id"], unique=False)

    op.create_table(
        "accounts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("display_name", sa.String(length=100), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("surety_id", sa.Integer(), nullable=True),
        sa.Column("company_id", sa.Integer(), nullable=True),
        sa.Column("branch_id", sa.Integer(), nullable=True),
        sa.Column("session_epoch", sa.Integer(), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(role = 'contractor') = (company_id IS NOT NULL)", name=op.f("ck_accounts_contractor_has_company")),
        sa.CheckConstraint("role = 'admin' OR surety_id IS NOT NULL", name=op.f("ck_accounts_belongs_to_a_surety")),
        sa.CheckConstraint("role IN ('contractor', 'clerk', 'approver', 'admin')", name=op.f("ck_accounts_role_is_known")),
        sa.CheckConstraint("role NOT IN ('clerk', 'approver') OR branch_id IS NOT NULL", name=op.f("ck_accounts_staff_has_branch")),
        sa.ForeignKeyConstraint(["branch_id"], ["branches.id"], name=op.f("fk_accounts_branch_id")),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_accounts_company_id")),
        sa.ForeignKeyConstraint(["surety_id"], ["sureties.id"], name=op.f("fk_accounts_surety_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("email", name=op.f("uq_accounts_email")),
    )
    op.create_table(
        "number_counters",
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("last_sequence", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branches.id"], name=op.f("fk_number_counters_branch_id")),
        sa.PrimaryKeyConstraint("branch_id", "fiscal_year", name=op.f("pk_number_counters")),
    )
    op.create_table(
        "works",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("authority_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["authority_id"], ["authorities.id"], name=op.f("fk_works_authority_id")),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_works_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_works")),
    )
    with op.batch_alter_table("works", schema=None) as batch_op:
        batch_op.create_index("ix_works_company_id_id", ["company_id", "id"], unique=False)

    op.create_table(
        "issued_per_month",
        sa.Column("surety_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("product", sa.String(length=30), nullable=False),
        sa.Column("certificate_form", sa.String(length=20), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["surety_id"], ["sureties.id"], name=op.f("fk_issued_per_month_surety_id")),
        sa.PrimaryKeyConstraint("surety_id", "month", "product", "certificate_form", name=op.f("pk_issued_per_month")),
    )
    op.create_table(
        "answered_tokens",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.String(length=300), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_answered_tokens_account_id")),
        sa.PrimaryKeyConstraint("account_id", "token", name=op.f("pk_answered_tokens")),
    )
    # An application names the contract it changes, a contract the application it came from. SQLite takes the first reference
    # before its table is there; PostgreSQL wants it afterwards.
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    changed_contract = (
        [sa.ForeignKeyConstraint(["changed_contract_id"], ["guarantee_contracts.id"], name=CHANGED_CONTRACT)] if is_sqlite else []
    )
    op.create_table(
        "applications",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("surety_id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("changed_contract_id", sa.Integer(), nullable=True),
        sa.Column("change_reason", sa.String(length=500), nullable=False),
        sa.Column("works_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("assignee_id", sa.Integer(), nullable=True),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("form_token", sa.String(length=64), nullable=False),
        sa.Column("typed", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reviewer_id", sa.Integer(), nullable=True),
        sa.Column("approver_id", sa.Integer(), nullable=True),
        sa.Column("branch_id", sa.Integer(), nullable=True),
        sa.Column("authority_id", sa.Integer(), nullable=True),
        sa.Column("works_name", sa.String(length=200), nullable=True),
        sa.Column("folded_works_name", sa.Text(), nullable=True),
        sa.Column("works_number", sa.String(length=60), nullable=True),
        sa.Column("works_place", sa.String(length=200), nullable=True),
        sa.Column("works_kind", sa.String(length=20), nullable=True),
        sa.Column("contract_price", sa.BigInteger(), nullable=True),
        sa.Column("contracted_on", sa.Date(), nullable=True),
        sa.Column("announced_on", sa.Date(), nullable=True),
        sa.Column("construction_starts_on", sa.Date(), nullable=True),
        sa.Column("construction_ends_on", sa.Date(), nullable=True),
        sa.Column("is_low_bid", sa.Boolean(), nullable=False),
        sa.Column("certificate_delivery", sa.String(length=20), nullable=True),
        sa.Column("notification_email", sa.String(length=254), nullable=False),
        sa.Column("premium_billing_name", sa.String(length=100), nullable=False),
        sa.Column("premium_statement_on_paper", sa.Boolean(), nullable=False),
        sa.Column("joint_venture_name", sa.String(length=200), nullable=False),
        sa.CheckConstraint("(kind = 'change') = (changed_contract_id IS NOT NULL)", name=op.f("ck_applications_change_names_its_contract")),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'in_review', 'returned', 'declined', 'approved', 'issued', 'withdrawn')",
            name=op.f("ck_applications_state_is_known"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'withdrawn') OR submitted_at IS NOT NULL", name=op.f("ck_applications_past_draft_was_submitted")
        ),
        sa.CheckConstraint(
            "state NOT IN ('approved', 'issued') OR approver_id IS NOT NULL", name=op.f("ck_applications_approved_has_approver")
        ),
        sa.CheckConstraint(
            "submitted_at IS NULL OR (works_name IS NOT NULL AND branch_id IS NOT NULL AND authority_id IS NOT NULL AND contract_price > 0 AND construction_ends_on >= construction_starts_on)",
            name=op.f("ck_applications_submitted_is_complete"),
        ),
        sa.ForeignKeyConstraint(["approver_id"], ["accounts.id"], name=op.f("fk_applications_approver_id")),
        sa.ForeignKeyConstraint(["assignee_id"], ["accounts.id"], name=op.f("fk_applications_assignee_id")),
        sa.ForeignKeyConstraint(["authority_id"], ["authorities.id"], name=op.f("fk_applications_authority_id")),
        sa.ForeignKeyConstraint(["branch_id"], ["branches.id"], name=op.f("fk_applications_branch_id")),
        *changed_contract,
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_applications_company_id")),
        sa.ForeignKeyConstraint(["created_by"], ["accounts.id"], name=op.f("fk_applications_created_by")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["accounts.id"], name=op.f("fk_applications_reviewer_id")),
        sa.ForeignKeyConstraint(["surety_id"], ["sureties.id"], name=op.f("fk_applications_surety_id")),
        sa.ForeignKeyConstraint(["works_id"], ["works.id"], name=op.f("fk_applications_works_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_applications")),
        sa.UniqueConstraint("created_by", "form_token", name=op.f("uq_applications_created_by_form_token")),
    )
    with op.batch_alter_table("applications", schema=None) as batch_op:
        batch_op.create_index("ix_applications_branch_id_state_submitted_at", ["branch_id", "state", "submitted_at"], unique=False)
        batch_op.create_index("ix_applications_company_id_id", ["company_id", "id"], unique=False)
        batch_op.create_index(
            "uq_applications_open_change",
            ["changed_contract_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('submitted', 'in_review', 'approved')"),
            postgresql_where=sa.text("state IN ('submitted', 'in_review', 'approved')"),
        )

    op.create_table(
        "authority_policies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("authority_id", sa.Integer(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("electronic_since", sa.Date(), nullable=True),
        sa.Column("counts_by", sa.String(length=20), nullable=False),
        sa.Column("electronic_works_kinds", sa.String(length=100), nullable=False),
        sa.Column("submission_note", sa.String(length=500), nullable=False),
        sa.Column("advance_cap_works", sa.Integer(), nullable=False),
        sa.Column("advance_cap_services", sa.Integer(), nullable=False),
        sa.Column("advance_cap_low_bid", sa.Integer(), nullable=False),
        sa.Column("interim_cap", sa.Integer(), nullable=False),
        sa.Column("advances_together_cap", sa.Integer(), nullable=False),
        sa.Column("performance_minimum", sa.Integer(), nullable=False),
        sa.Column("performance_minimum_low_bid", sa.Integer(), nullable=False),
        sa.Column("rounding_unit", sa.BigInteger(), nullable=False),
        sa.Column("minimum_price", sa.BigInteger(), nullable=False),
        sa.Column("performance_recipient", sa.String(length=300), nullable=False),
        sa.Column("performance_subject", sa.String(length=200), nullable=False),
        sa.Column("advance_recipient", sa.String(length=300), nullable=False),
        sa.Column("advance_subject", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("counts_by IN ('announced_on', 'contracted_on')", name=op.f("ck_authority_policies_counts_by_is_a_known_day")),
        sa.CheckConstraint("rounding_unit >= 1", name=op.f("ck_authority_policies_rounding_unit_is_positive")),
        sa.ForeignKeyConstraint(["authority_id"], ["authorities.id"], name=op.f("fk_authority_policies_authority_id")),
        sa.ForeignKeyConstraint(["created_by"], ["accounts.id"], name=op.f("fk_authority_policies_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authority_policies")),
        sa.UniqueConstraint("authority_id", "effective_from", name=op.f("uq_authority_policies_authority_id_effective_from")),
    )
    op.create_table(
        "issuing_authorities",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("product", sa.String(length=30), nullable=False),
        sa.Column("up_to", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("up_to > 0", name=op.f("ck_issuing_authorities_limit_is_positive")),
        sa.CheckConstraint("valid_until IS NULL OR valid_until >= valid_from", name=op.f("ck_issuing_authorities_ends_after_it_begins")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_issuing_authorities_account_id")),
        sa.ForeignKeyConstraint(["created_by"], ["accounts.id"], name=op.f("fk_issuing_authorities_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issuing_authorities")),
    )
    with op.batch_alter_table("issuing_authorities", schema=None) as batch_op:
        batch_op.create_index("ix_issuing_authorities_account_id_product", ["account_id", "product"], unique=False)

    op.create_table(
        "tariffs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("surety_id", sa.Integer(), nullable=False),
        sa.Column("product", sa.String(length=30), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("minimum", sa.BigInteger(), nullable=False),
        sa.Column("rounding_unit", sa.BigInteger(), nullable=False),
        sa.Column("months_basis", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["accounts.id"], name=op.f("fk_tariffs_created_by")),
        sa.ForeignKeyConstraint(["surety_id"], ["sureties.id"], name=op.f("fk_tariffs_surety_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tariffs")),
        sa.UniqueConstraint("surety_id", "product", "effective_from", name=op.f("uq_tariffs_surety_id_product_effective_from")),
    )
    op.create_table(
        "joint_venture_members",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.Column("is_representative", sa.Boolean(), nullable=False),
        sa.CheckConstraint("share BETWEEN 1 AND 10000", name=op.f("ck_joint_venture_members_share_is_part_of_the_whole")),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name=op.f("fk_joint_venture_members_application_id")),
        sa.PrimaryKeyConstraint("application_id", "position", name=op.f("pk_joint_venture_members")),
    )
    with op.batch_alter_table("joint_venture_members", schema=None) as batch_op:
        batch_op.create_index(
            "uq_joint_venture_members_representative",
            ["application_id"],
            unique=True,
            sqlite_where=sa.text("is_representative"),
            postgresql_where=sa.text("is_representative"),
        )

    op.create_table(
        "outbox_mails",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("surety_id", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(length=100), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=True),
        sa.Column("message_id", sa.String(length=200), nullable=False),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(length=500), nullable=False),
        sa.CheckConstraint("state IN ('queued', 'sending', 'sent', 'failed')", name=op.f("ck_outbox_mails_state_is_known")),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name=op.f("fk_outbox_mails_application_id")),
        sa.ForeignKeyConstraint(["surety_id"], ["sureties.id"], name=op.f("fk_outbox_mails_surety_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_mails")),
        sa.UniqueConstraint("event", name=op.f("uq_outbox_mails_event")),
        sa.UniqueConstraint("message_id", name=op.f("uq_outbox_mails_message_id")),
    )
    with op.batch_alter_table("outbox_mails", schema=None) as batch_op:
        batch_op.create_index("ix_outbox_mails_state_next_try_at", ["state", "next_try_at"], unique=False)
        batch_op.create_index("ix_outbox_mails_surety_id_id", ["surety_id", "id"], unique=False)

    op.create_table(
        "paper_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("requested_by", sa.Integer(), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name=op.f("fk_paper_requests_application_id")),
        sa.ForeignKeyConstraint(["requested_by"], ["accounts.id"], name=op.f("fk_paper_requests_requested_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_requests")),
    )
    with op.batch_alter_table("paper_requests", schema=None) as batch_op:
        batch_op.create_index("ix_paper_requests_application_id", ["application_id"], unique=False)

    op.create_table(
        "premium_receipts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("receipt_posted_on", sa.Date(), nullable=True),
        sa.Column("reversed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reversed_by", sa.Integer(), nullable=True),
        sa.Column("reversal_reason", sa.String(length=500), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_premium_receipts_amount_is_positive")),
        sa.CheckConstraint("method IN ('transfer', 'counter')", name=op.f("ck_premium_receipts_method_is_known")),
        sa.CheckConstraint("(reversed_at IS NULL) = (reversed_by IS NULL)", name=op.f("ck_premium_receipts_reversed_by_somebody")),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name=op.f("fk_premium_receipts_application_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["accounts.id"], name=op.f("fk_premium_receipts_recorded_by")),
        sa.ForeignKeyConstraint(["reversed_by"], ["accounts.id"], name=op.f("fk_premium_receipts_reversed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_premium_receipts")),
    )
    with op.batch_alter_table("premium_receipts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_premium_receipts_application_id"), ["application_id"], unique=False)

    op.create_table(
        "requested_guarantees",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("product", sa.String(length=30), nullable=False),
        sa.Column("certificate_form", sa.String(length=20), nullable=False),
        sa.Column("guaranteed_amount", sa.BigInteger(), nullable=False),
        sa.Column("fiscal_year_amount", sa.BigInteger(), nullable=True),
        sa.Column("premium_payment_method", sa.String(length=20), nullable=False),
        sa.Column("premium", sa.BigInteger(), nullable=False),
        sa.Column("tariff_id", sa.Integer(), nullable=False),
        sa.Column("certified_on", sa.Date(), nullable=True),
        sa.Column("certification_number", sa.String(length=60), nullable=False),
        sa.Column("previous_advance_amount", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("certificate_form IN ('paper', 'electronic')", name=op.f("ck_requested_guarantees_form_is_known")),
        sa.CheckConstraint(
            "product IN ('advance_payment', 'interim_advance_payment', 'contract_performance')",
            name=op.f("ck_requested_guarantees_product_is_known"),
        ),
        sa.CheckConstraint("guaranteed_amount > 0", name=op.f("ck_requested_guarantees_amount_is_positive")),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name=op.f("fk_requested_guarantees_application_id")),
        sa.ForeignKeyConstraint(["tariff_id"], ["tariffs.id"], name=op.f("fk_requested_guarantees_tariff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requested_guarantees")),
        sa.UniqueConstraint("application_id", "product", name=op.f("uq_requested_guarantees_application_id_product")),
    )
    op.create_table(
        "tariff_tiers",
        sa.Column("tariff_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("upper_bound", sa.BigInteger(), nullable=True),
        sa.Column("rate_millionths", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["tariff_id"], ["tariffs.id"], name=op.f("fk_tariff_tiers_tariff_id")),
        sa.PrimaryKeyConstraint("tariff_id", "position", name=op.f("pk_tariff_tiers")),
    )
    op.create_table(
        "warning_overrides",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=100), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name=op.f("fk_warning_overrides_application_id")),
        sa.ForeignKeyConstraint(["by"], ["accounts.id"], name=op.f("fk_warning_overrides_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warning_overrides")),
        sa.UniqueConstraint("application_id", "rule", name=op.f("uq_warning_overrides_application_id_rule")),
    )
    op.create_table(
        "guarantee_contracts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=12), nullable=False),
        sa.Column("surety_id", sa.Integer(), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("authority_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("requested_guarantee_id", sa.Integer(), nullable=False),
        sa.Column("works_id", sa.Integer(), nullable=False),
        sa.Column("product", sa.String(length=30), nullable=False),
        sa.Column("certificate_form", sa.String(length=20), nullable=False),
        sa.Column("works_name", sa.String(length=200), nullable=False),
        sa.Column("folded_works_name", sa.Text(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("current_version", sa.Integer(), nullable=False),
        sa.Column("guaranteed_amount", sa.BigInteger(), nullable=False),
        sa.Column("guarantee_ends_on", sa.Date(), nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_on", sa.Date(), nullable=True),
        sa.Column("cancellation_reason", sa.String(length=500), nullable=False),
        sa.Column("statement_posted_on", sa.Date(), nullable=True),
        sa.CheckConstraint("certificate_form IN ('paper', 'electronic')", name=op.f("ck_guarantee_contracts_form_is_known")),
        sa.CheckConstraint(
            "product IN ('advance_payment', 'interim_advance_payment', 'contract_performance')",
            name=op.f("ck_guarantee_contracts_product_is_known"),
        ),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name=op.f("fk_guarantee_contracts_application_id")),
        sa.ForeignKeyConstraint(["authority_id"], ["authorities.id"], name=op.f("fk_guarantee_contracts_authority_id")),
        sa.ForeignKeyConstraint(["branch_id"], ["branches.id"], name=op.f("fk_guarantee_contracts_branch_id")),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_guarantee_contracts_company_id")),
        sa.ForeignKeyConstraint(
            ["requested_guarantee_id"], ["requested_guarantees.id"], name=op.f("fk_guarantee_contracts_requested_guarantee_id")
        ),
        sa.ForeignKeyConstraint(["surety_id"], ["sureties.id"], name=op.f("fk_guarantee_contracts_surety_id")),
        sa.ForeignKeyConstraint(["works_id"], ["works.id"], name=op.f("fk_guarantee_contracts_works_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guarantee_contracts")),
        sa.UniqueConstraint("number", name=op.f("uq_guarantee_contracts_number")),
        sa.UniqueConstraint("requested_guarantee_id", name=op.f("uq_guarantee_contracts_requested_guarantee_id")),
    )
    with op.batch_alter_table("guarantee_contracts", schema=None) as batch_op:
        batch_op.create_index("ix_guarantee_contracts_application_id", ["application_id"], unique=False)
        batch_op.create_index("ix_guarantee_contracts_company_id_id", ["company_id", "id"], unique=False)
        batch_op.create_index("ix_guarantee_contracts_surety_id_id", ["surety_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_guarantee_contracts_works_id"), ["works_id"], unique=False)

    if not is_sqlite:
        op.create_foreign_key(CHANGED_CONTRACT, "applications", "guarantee_contracts", ["changed_contract_id"], ["id"])
    op.create_table(
        "uploaded_papers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("paper_request_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("media_type", sa.String(length=30), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_by", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "media_type IN ('application/pdf', 'image/jpeg', 'image/png')", name=op.f("ck_uploaded_papers_media_type_is_allowed")
        ),
        sa.CheckConstraint("size > 0", name=op.f("ck_uploaded_papers_size_is_positive")),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name=op.f("fk_uploaded_papers_application_id")),
        sa.ForeignKeyConstraint(["paper_request_id"], ["paper_requests.id"], name=op.f("fk_uploaded_papers_paper_request_id")),
        sa.ForeignKeyConstraint(["uploaded_by"], ["accounts.id"], name=op.f("fk_uploaded_papers_uploaded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploaded_papers")),
    )
    with op.batch_alter_table("uploaded_papers", schema=None) as batch_op:
        batch_op.create_index("ix_uploaded_papers_application_id", ["application_id"], unique=False)

    op.create_table(
        "authentication_keys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.Column("verifier", sa.String(length=200), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["contract_id"], ["guarantee_contracts.id"], name=op.f("fk_authentication_keys_contract_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authentication_keys")),
        sa.UniqueConstraint("contract_id", "key_version", name=op.f("uq_authentication_keys_contract_id_key_version")),
    )
    with op.batch_alter_table("authentication_keys", schema=None) as batch_op:
        batch_op.create_index(
            "uq_authentication_keys_valid",
            ["contract_id"],
            unique=True,
            sqlite_where=sa.text("revoked_at IS NULL"),
            postgresql_where=sa.text("revoked_at IS NULL"),
        )

    op.create_table(
        "certificate_openings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["guarantee_contracts.id"], name=op.f("fk_certificate_openings_contract_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_openings")),
    )
    with op.batch_alter_table("certificate_openings", schema=None) as batch_op:
        batch_op.create_index("ix_certificate_openings_contract_id_opened_at", ["contract_id", "opened_at"], unique=False)

    op.create_table(
        "certificate_versions",
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("premium", sa.BigInteger(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("issued_by", sa.Integer(), nullable=True),
        sa.Column("file_sha256", sa.String(length=64), nullable=True),
        sa.CheckConstraint("(issued_at IS NULL) = (file_sha256 IS NULL)", name=op.f("ck_certificate_versions_issued_has_certificate")),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name=op.f("fk_certificate_versions_application_id")),
        sa.ForeignKeyConstraint(["contract_id"], ["guarantee_contracts.id"], name=op.f("fk_certificate_versions_contract_id")),
        sa.ForeignKeyConstraint(["file_sha256"], ["certificate_files.sha256"], name=op.f("fk_certificate_versions_file_sha256")),
        sa.ForeignKeyConstraint(["issued_by"], ["accounts.id"], name=op.f("fk_certificate_versions_issued_by")),
        sa.PrimaryKeyConstraint("contract_id", "version", name=op.f("pk_certificate_versions")),
    )
    op.create_table(
        "contract_bigrams",
        sa.Column("bigram", sa.String(length=4), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["guarantee_contracts.id"], name=op.f("fk_contract_bigrams_contract_id")),
        sa.PrimaryKeyConstraint("bigram", "contract_id", name=op.f("pk_contract_bigrams")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=200), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=True),
        sa.Column("contract_id", sa.Integer(), nullable=True),
        sa.Column("subject", sa.String(length=60), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["accounts.id"], name=op.f("fk_events_actor_id")),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name=op.f("fk_events_application_id")),
        sa.ForeignKeyConstraint(["contract_id"], ["guarantee_contracts.id"], name=op.f("fk_events_contract_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.create_index("ix_events_application_id_id", ["application_id", "id"], unique=False)
        batch_op.create_index("ix_events_contract_id_id", ["contract_id", "id"], unique=False)
        batch_op.create_index("ix_events_subject_id", ["subject", "id"], unique=False)

    op.create_table(
        "premium_settlements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.CheckConstraint("kind IN ('billed', 'refund')", name=op.f("ck_premium_settlements_kind_is_known")),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_premium_settlements_amount_is_not_negative")),
        sa.ForeignKeyConstraint(["contract_id"], ["guarantee_contracts.id"], name=op.f("fk_premium_settlements_contract_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_premium_settlements")),
        sa.UniqueConstraint("contract_id", "version", "kind", name=op.f("uq_premium_settlements_contract_id_version_kind")),
    )


def downgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(CHANGED_CONTRACT, "applications", type_="foreignkey")
    op.drop_table("premium_settlements")
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.drop_index("ix_events_subject_id")
        batch_op.drop_index("ix_events_contract_id_id")
        batch_op.drop_index("ix_events_application_id_id")

    op.drop_table("events")
    op.drop_table("contract_bigrams")
    op.drop_table("certificate_versions")
    with op.batch_alter_table("certificate_openings", schema=None) as batch_op:
        batch_op.drop_index("ix_certificate_openings_contract_id_opened_at")

    op.drop_table("certificate_openings")
    with op.batch_alter_table("authentication_keys", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_authentication_keys_valid", sqlite_where=sa.text("revoked_at IS NULL"), postgresql_where=sa.text("revoked_at IS NULL")
        )

    op.drop_table("authentication_keys")
    with op.batch_alter_table("uploaded_papers", schema=None) as batch_op:
        batch_op.drop_index("ix_uploaded_papers_application_id")

    op.drop_table("uploaded_papers")
    with op.batch_alter_table("guarantee_contracts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_guarantee_contracts_works_id"))
        batch_op.drop_index("ix_guarantee_contracts_surety_id_id")
        batch_op.drop_index("ix_guarantee_contracts_company_id_id")
        batch_op.drop_index("ix_guarantee_contracts_application_id")

    op.drop_table("guarantee_contracts")
    op.drop_table("warning_overrides")
    op.drop_table("tariff_tiers")
    op.drop_table("requested_guarantees")
    with op.batch_alter_table("premium_receipts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_premium_receipts_application_id"))

    op.drop_table("premium_receipts")
    with op.batch_alter_table("paper_requests", schema=None) as batch_op:
        batch_op.drop_index("ix_paper_requests_application_id")

    op.drop_table("paper_requests")
    with op.batch_alter_table("outbox_mails", schema=None) as batch_op:
        batch_op.drop_index("ix_outbox_mails_surety_id_id")
        batch_op.drop_index("ix_outbox_mails_state_next_try_at")

    op.drop_table("outbox_mails")
    with op.batch_alter_table("joint_venture_members", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_joint_venture_members_representative",
            sqlite_where=sa.text("is_representative"),
            postgresql_where=sa.text("is_representative"),
        )

    op.drop_table("joint_venture_members")
    op.drop_table("tariffs")
    with op.batch_alter_table("issuing_authorities", schema=None) as batch_op:
        batch_op.drop_index("ix_issuing_authorities_account_id_product")

    op.drop_table("issuing_authorities")
    op.drop_table("authority_policies")
    with op.batch_alter_table("applications", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_applications_open_change",
            sqlite_where=sa.text("state IN ('submitted', 'in_review', 'approved')"),
            postgresql_where=sa.text("state IN ('submitted', 'in_review', 'approved')"),
        )
        batch_op.drop_index("ix_applications_company_id_id")
        batch_op.drop_index("ix_applications_branch_id_state_submitted_at")

    op.drop_table("applications")
    op.drop_table("issued_per_month")
    op.drop_table("answered_tokens")
    with op.batch_alter_table("works", schema=None) as batch_op:
        batch_op.drop_index("ix_works_company_id_id")

    op.drop_table("works")
    op.drop_table("number_counters")
    op.drop_table("accounts")
    with op.batch_alter_table("companies", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_companies_surety_id"))

    op.drop_table("companies")
    op.drop_table("branches")
    op.drop_table("sureties")
    with op.batch_alter_table("sign_in_attempts", schema=None) as batch_op:
        batch_op.drop_index("ix_sign_in_attempts_source_at")
        batch_op.drop_index("ix_sign_in_attempts_email_at")

    op.drop_table("sign_in_attempts")
    with op.batch_alter_table("gate_attempts", schema=None) as batch_op:
        batch_op.drop_index("ix_gate_attempts_source_at")
        batch_op.drop_index("ix_gate_attempts_number_at")

    op.drop_table("gate_attempts")
    op.drop_table("certificate_files")
    op.drop_table("authorities")
