"""The two files of `cs-retention cases`: the cases, and what happened in them."""

from __future__ import annotations

from enum import Enum

from cs_retention.engine.release_file import IdentityCheck, ReleaseScope
from cs_retention.engine.retention_case import CaseSource
from cs_retention.engine.retention_exit import DEFAULT_EXIT_RULES
from cs_retention.engine.vocabulary import KEY_ACCOUNT, Level
from cs_retention.preview import values
from cs_retention.preview.columns import CUSTOMER, YES_NO, Column, FileKind


class CaseEvent(str, Enum):
	"""What may happen in a case, as a line of the events file."""

	ATTEMPT = "Attempt"
	TALK = "Talk"
	OFFER = "Offer"
	APPROVE = "Approve"
	ACCEPT = "Accept"
	DECLINE = "Decline"
	STAYS = "Stays"
	LEAVES = "Leaves"
	RELEASE = "Release"


EVENT = values.one_of(
	{
		CaseEvent.ATTEMPT: ("Attempt", "未接通", "尝试联系"),
		CaseEvent.TALK: ("Talk", "Reached", "已沟通", "已联系"),
		CaseEvent.OFFER: ("Offer", "优惠", "挽留方案"),
		CaseEvent.APPROVE: ("Approve", "Approved", "批准"),
		CaseEvent.ACCEPT: ("Accept", "Accepted", "接受"),
		CaseEvent.DECLINE: ("Decline", "Declined", "拒绝"),
		CaseEvent.STAYS: ("Stays", "Saved", "留下", "已挽留"),
		CaseEvent.LEAVES: ("Leaves", "Lost", "离开", "已流失"),
		CaseEvent.RELEASE: ("Release", "Released", "放行"),
	}
)
LEVEL = values.one_of(
	{
		**{level.value: (level.value, chinese) for level, chinese in zip(
			Level, ("五星", "四星", "三星", "二星", "一星", "新客户"), strict=True
		)},
		KEY_ACCOUNT: (KEY_ACCOUNT, "重点客户", "大客户"),
	}
)  # fmt: skip
EXIT_TYPE = values.one_of(
	{
		rule: (rule.exit_type, chinese)
		for rule, chinese in zip(
			DEFAULT_EXIT_RULES,
			("逐渐流失", "申请销户", "合约不续", "考虑携号转网", "已申请携号转网"),
			strict=True,
		)
	}
)
SOURCE = values.one_of(
	{
		CaseSource.DESK: ("Desk Request", "Desk", "柜台"),
		CaseSource.SIGNAL: ("Signal", "预警"),
		CaseSource.COMPLAINT: ("Complaint", "投诉"),
		CaseSource.MANUAL: ("Manual", "人工"),
	}
)
IDENTITY = values.one_of(
	{
		check: (check.value, chinese)
		for check, chinese in zip(
			IdentityCheck, ("未核验", "身份证件", "营业执照", "服务密码", "回拨登记号码"), strict=True
		)
	}
)
SCOPE = values.one_of(
	{
		ReleaseScope.RELEASE: (ReleaseScope.RELEASE.value, "解约"),
		ReleaseScope.SECOND_SALE: (ReleaseScope.SECOND_SALE.value, "解约并同意二次销售"),
	}
)
CASE = Column("case", values.name, ("Case", "Retention Case", "个案", "挽留个案"), required=True)

CASES = FileKind(
	"cases",
	(
		CASE,
		CUSTOMER,
		Column("opened_on", values.day, ("Opened On", "Date", "立案日期", "日期"), required=True),
		Column("source", SOURCE, ("Source", "来源"), default=CaseSource.MANUAL),
		Column("level", LEVEL, ("Star Level", "Level", "星级", "等级"), default=Level.NEW.value),
		Column("is_key_account", YES_NO, ("Key Account", "重点客户"), default=0),
		Column("exit_type", EXIT_TYPE, ("Exit Type", "离网类型", "离开方式"), default=DEFAULT_EXIT_RULES[0]),
		Column("asked_on", values.day, ("Asked On", "申请日期")),
		Column("contract_end", values.day, ("Contract End", "合约到期日", "合同到期日")),
	),
)
EVENTS = FileKind(
	"events",
	(
		CASE,
		Column("date", values.day, ("Date", "日期"), required=True),
		Column("event", EVENT, ("Event", "事件"), required=True),
		Column("person", values.name, ("Person", "人员", "经办人"), default=""),
		Column("words", values.words, ("Words", "Note", "说明", "备注"), default=""),
		Column("reason", values.words, ("Reason", "原因"), default=""),
		Column("offer", values.name, ("Offer", "方案"), default=""),
		Column("cost", values.amount, ("Cost", "成本"), default=0.0),
		Column("passed_on", values.day, ("Passed On", "移交日期")),
		Column("consent_on", values.day, ("Consent On", "同意日期")),
		Column("consent_by", values.name, ("Consent By", "同意人"), default=""),
		Column("scope", SCOPE, ("Consent Scope", "Scope", "同意范围"), default=ReleaseScope.RELEASE),
		Column("identity", IDENTITY, ("Identity Check", "身份核验"), default=IdentityCheck.NOT_CHECKED),
		Column("proof", values.name, ("Proof", "凭证"), default=""),
		Column("proof_size", values.amount, ("Proof Size", "凭证大小"), default=0.0),
		Column("dues", values.amount, ("Dues", "欠款"), default=0.0),
		Column("settled_how", values.words, ("Settled How", "结清方式"), default=""),
	),
)
