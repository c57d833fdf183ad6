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
CASES = {role: rights for role, rights in WRITTEN_AT_WORK.items() if role != "Alliance Manager"}
LISTS = {**{role: READ for role in CASES}, "Retention Manager": MANAGE, "System Manager": MANAGE}
"""What people choose from, kept by managers."""

RULES = {
	"Customer Account Manager": READ,
	"Retention Manager": MANAGE,
	"Retention Auditor": READ,
	"System Manager": MANAGE,
}

RUNS = {"Retention Manager": READ, "Retention Auditor": READ, "System Manager": READ}
"""What the night and the outbox keep of themselves."""

JUDGED = {
	"Retention Manager": READ,
	"Alliance Manager": APPROVE,
	"Retention Auditor": READ,
	"System Manager": APPROVE,
}
"""Appraisals of merchants: account managers see what members get, not how a merchant was judged."""

PERMISSIONS: Mapping[str, Mapping[str, str]] = {
	"CS Retention Settings": {
		"Retention Manager": SET,
		"Retention Auditor": READ,
		"System Manager": f"{SET} create",
	},
	"Customer Retention State": READ_BY_ALL,
	"Retention Run": RUNS,
	"Retention Run Chunk": RUNS,
	"Message Outbox": RUNS,
	"Contact Policy": {"Retention Manager": MANAGE, "Retention Auditor": READ, "System Manager": MANAGE},
	"Customer Consent": {
		**WRITTEN_AT_WORK,
		"Retention Manager": f"{WRITE} import",
		"System Manager": f"{MANAGE} import",
	},
	"Message Template": RULES,
	"Outbox Pulse": RUNS,
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
	"Churn Policy": RULES,
	"Churn Signal": WRITTEN_AT_WORK,
	"Customer Health Change": READ_BY_ALL,
	"External Warning": {
		"Customer Account Manager": READ,
		"Customer Service Agent": READ,
		"Retention Manager": f"{MANAGE} import",
		"Retention Auditor": READ,
		"System Manager": f"{MANAGE} import",
	},
	"Churn Backtest": {"Retention Manager": MANAGE, "Retention Auditor": READ, "System Manager": MANAGE},
	"Churn Reason": LISTS,
	"Retention Exit Rule": LISTS,
	"Retention Offer": LISTS,
	"Retention Case": CASES,
	"Retention Recommendation": CASES,
	"Release File": {
		**CASES,
		"Retention Manager": f"{MANAGE} submit",
		"System Manager": f"{MANAGE} submit",
	},
	"Release Audit": {"Retention Manager": SET, "Retention Auditor": READ, "System Manager": SET},
	"Callback Schedule": WRITTEN_AT_WORK,
	"Customer Callback": WRITTEN_AT_WORK,
	"Customer Touch": {
		**WRITTEN_AT_WORK,
		"Retention Manager": f"{MANAGE} import",
		"System Manager": f"{MANAGE} import",
	},
	"Owner Absence": {**WRITTEN_AT_WORK, "Customer Service Agent": READ},
	"Book Handover": {"Retention Manager": APPROVE, "Retention Auditor": READ, "System Manager": APPROVE},
	"Book Handover Row": RUNS,
	"Retention Target": {
		"Customer Account Manager": READ,
		"Retention Manager": f"{MANAGE} import",
		"Retention Auditor": READ,
		"System Manager": f"{MANAGE} import",
	},
	"Retention Bulletin": {
		"Retention Manager": f"{READ} create delete",
		"Retention Auditor": READ,
		"System Manager": f"{READ} create delete",
	},
	"Quarterly Cohort Customer": READ_BY_ALL,
	"Quarterly Report Row": READ_BY_ALL,
	"Quarterly Retention Report": {
		"Retention Manager": APPROVE,
		"Retention Auditor": READ,
		"System Manager": APPROVE,
	},
	"Alliance Settings": {
		"Retention Manager": "read print email",
		"Alliance Manager": "read print email write",
		"Retention Auditor": "read print email",
		"System Manager": "read print email write create",
	},
	"Alliance Tier": {**READ_BY_ALL, "Alliance Manager": SET, "System Manager": SET},
	"Alliance Merchant": {**READ_BY_ALL, "Alliance Manager": MANAGE, "System Manager": MANAGE},
	"Alliance Review": JUDGED,
	"Alliance Inspection": JUDGED,
	"Alliance Sanction": JUDGED,
	"Alliance Campaign": {
		**JUDGED,
		"Alliance Manager": MANAGE,
		"System Manager": MANAGE,
	},
	"Alliance Voucher": {
		**READ_BY_ALL,
		"Customer Service Agent": SET,
		"Alliance Manager": SET,
		"System Manager": SET,
	},
}

HIGHER_LEVELS: Mapping[str, Mapping[int, Mapping[str, str]]] = {
	"Alliance Merchant": {
		1: {
			"Alliance Manager": "read write",
			"Retention Manager": "read",
			"Retention Auditor": "read",
			"System Manager": "read write",
		}
	},
	"Churn Signal": {1: {}},
	"Retention Case": {
		1: {
			"Customer Account Manager": "read write",
			"Retention Manager": "read write",
			"Retention Auditor": "read",
			"System Manager": "read write",
		}
	},
}
"""Who sees and writes the fields of a higher level.

How a merchant was admitted and judged is for those who judge and lead. The notes on a case are not for the front desk. The documents kept with a signal are nobody's field: the form shows each
reader those that the reader may read.
"""
