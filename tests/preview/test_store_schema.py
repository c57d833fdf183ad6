from cs_retention.store.schema import mariadb_tables, own_tables


def columns(doctype):
	return {column.name: column.definition() for column in own_tables()[doctype].columns}


def test_a_number_is_never_null_and_takes_its_width_from_the_precision():
	state = columns("Customer Retention State")
	assert state["score"] == "`score` decimal(21,2) not null default 0"
	assert state["overdue_amount"] == "`overdue_amount` decimal(21,9) not null default 0"
	assert state["is_key_account"] == "`is_key_account` int(1) not null default 0"


def test_text_is_null_until_given_and_a_select_keeps_its_default():
	callback = columns("Customer Callback")
	assert callback["channel"] == "`channel` varchar(140)"
	assert callback["status"] == "`status` varchar(140) default 'Planned'"
	assert callback["open_key"] == "`open_key` varchar(140) unique"
	assert "purposes" not in callback


def test_a_default_that_only_a_form_understands_is_none_of_the_table():
	assert columns("Customer Touch")["touch_date"] == "`touch_date` date"


def test_a_child_table_knows_its_parent_and_a_document_its_tags():
	assert list(columns("Customer Callback Purpose"))[-3:] == ["parent", "parentfield", "parenttype"]
	assert list(columns("Customer Touch"))[-4:] == ["_user_tags", "_comments", "_assign", "_liked_by"]


def test_indexes_are_frappes_and_ours():
	indexes = dict(own_tables()["Customer Touch"].indexes)
	assert indexes["modified"] == ("modified",)
	assert indexes["callback"] == ("callback",)
	assert indexes["touches_of_customer"][:2] == ("customer", "touch_date")


def test_mariadb_tables_have_frappes_character_set():
	for statement in mariadb_tables(own_tables().values()):
		assert statement.startswith("CREATE TABLE `tab")
		assert statement.endswith("CHARACTER SET=utf8mb4 COLLATE=utf8mb4_unicode_ci")
