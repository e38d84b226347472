"""The tests. Their helpers explain failed assertions as the tests do, if they are asked to before anybody imports them."""

import pytest

pytest.register_assert_rewrite("tests.web.page_client", "tests.web.page_checks")
