"""Who may do what: the one table that every DocType file's permissions are checked against.

Rights on a DocType are for all its rows; which rows of a customer somebody sees is the business of
cs_retention.cs_retention.permissions. Child tables follow their parents.
"""

from __future__ import annotations

from collections.abc import Mapping

READ = "read report print email export"
WRITE = f"{READ} write create"
MANAGE = f"{WRITE} delete"
APPROVE = f"{MANAGE} submit cancel amend"
SET = f"{READ} write"

READ_BY_ALL = {
	"Customer Account Manager": READ,
	"Customer Service Agent": READ,
	"Retention Manager": READ,
	"Alliance Manager": READ,
	"Retention Auditor": READ,
	"System Manager": READ,
}
"""What only the set writers write."""

WRITTEN_AT_WORK = {
	**READ_BY_ALL,
	"Customer Account Manager": WRITE,
	"Customer Service Agent": WRITE,
	"Retention Manager": MANAGE,
	"System Manager": MANAGE,
}
RULES = {
	"Customer Account Manager": READ,
	"Retention Manager": MANAGE,
	"Retention Auditor": READ,
	"System Manager": MANAGE,
}

RUNS = {"Retention Manager": READ, "Retention Auditor": READ, "System Manager": READ}
"""What the night keeps of itself."""

PERMISSIONS: Mapping[str, Mapping[str, str]] = {
	"CS Retention Settings": {
		"Retention Manager": SET,
		"Retention Auditor": READ,
		"System Manager": f"{SET} create",
	},
	"Customer Retention State": READ_BY_ALL,
	"Retention Run": RUNS,
	"Retention Run Chunk": RUNS,
	"Star Level": {**READ_BY_ALL, "Retention Manager": SET, "System Manager": SET},
	"Star Policy": RULES,
	"Star Rating": READ_BY_ALL,
	"Star Override": {
		"Customer Account Manager": WRITE,
		"Retention Manager": APPROVE,
		"Retention Auditor": READ,
		"System Manager": APPROVE,
	},
	"Star Review": {
		"Retention Manager": APPROVE,
		"Retention Auditor": READ,
		"System Manager": APPROVE,
	},
	"Head Office Level": {
		"Customer Account Manager": READ,
		"Retention Manager": f"{MANAGE} import",
		"Retention Auditor": READ,
		"System Manager": f"{MANAGE} import",
	},
	"Churn Backtest": {"Retention Manager": MANAGE, "Retention Auditor": READ, "System Manager": MANAGE},
	"Callback Schedule": WRITTEN_AT_WORK,
	"Customer Callback": WRITTEN_AT_WORK,
	"Customer Touch": WRITTEN_AT_WORK,
	"Owner Absence": {**WRITTEN_AT_WORK, "Customer Service Agent": READ},
	"Book Handover": {"Retention Manager": APPROVE, "Retention Auditor": READ, "System Manager": APPROVE},
	"Book Handover Row": RUNS,
}
