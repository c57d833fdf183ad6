"""The files a book is made of: their columns, the headers these may carry, and what a cell becomes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cs_retention.engine.vocabulary import Channel, Outcome
from cs_retention.preview import values
from cs_retention.preview.values import Parser, plain

YES_NO = values.one_of(
	{
		1: ("1", "yes", "true", "y", "是", "对", "√"),
		0: ("0", "no", "false", "n", "否", "不是", "×"),
	}
)
DOCSTATUS = values.one_of(
	{
		0: ("0", "Draft", "草稿", "草案"),
		1: ("1", "Submitted", "已提交"),
		2: ("2", "Cancelled", "Canceled", "已取消", "取消", "作废"),
	}
)
OUTCOME = values.one_of({
	Outcome.REACHED.value: ("Reached", "Connected", "Answered", "已接通", "接通", "已联系", "已联系上", "成功"),
	Outcome.VISITED.value: ("Visited", "Visit", "已拜访", "已上门", "已走访", "拜访"),
	Outcome.NOT_REACHED.value: (
		"Not Reached", "Unreached", "No Answer", "Busy", "Missed", "Unanswered", "Voicemail",
		"未接通", "未接", "未联系上", "无人接听", "占线", "忙", "关机", "停机",
	),
	Outcome.REFUSED.value: ("Refused", "Declined", "拒绝", "已拒绝", "拒接", "拒访"),
})  # fmt: skip
CHANNEL = values.one_of(
	{
		Channel.PHONE.value: ("Phone", "Call", "Telephone", "电话", "手机"),
		Channel.VISIT.value: ("Visit", "Meeting", "拜访", "上门", "走访", "访问", "面谈"),
		Channel.VIDEO.value: ("Video", "Video Call", "视频", "视频会议"),
		Channel.WECHAT.value: ("WeChat", "Weixin", "微信", "企业微信"),
		Channel.MESSAGE.value: ("Message", "SMS", "Email", "E-Mail", "短信", "消息", "邮件", "电子邮件"),
	}
)
ISSUE_STATUS = values.one_of(
	{
		"Open": ("Open", "打开", "开", "未解决", "未处理", "处理中", "待处理"),
		"Replied": ("Replied", "已回复", "回答"),
		"On Hold": ("On Hold", "Hold", "暂停", "暂缓处理", "搁置"),
		"Resolved": ("Resolved", "已解决", "解决"),
		"Closed": ("Closed", "已关闭", "关闭", "已结案", "已完成"),
	}
)
HOLIDAY_TYPE = values.one_of(
	{
		"off": ("off", "holiday", "休", "休息", "放假", "假期", "节假日", "假日"),
		"work": ("work", "working", "working day", "make-up", "班", "上班", "补班", "调休上班", "工作日"),
	}
)


@dataclass(frozen=True, slots=True)
class Column:
	"""One column: its fieldname, the headers it may carry (the best first), and the parser of its cells.

	`default` stands where the cell is empty or the column is not in the file. A `required` column must be there, and
	filled in every row.
	"""

	field: str
	parse: Parser
	headers: tuple[str, ...] = ()
	required: bool = False
	default: object = None


@dataclass(frozen=True, slots=True)
class FileKind:
	"""One kind of export: what it is called on the command line and its columns."""

	kind: str
	columns: tuple[Column, ...]
	reversed_dates: tuple[str, str] | None = None
	"""Two date columns of which the second must not be before the first."""


CUSTOMER = Column(
	"customer", values.name, ("Customer", "客户", "客户ID", "客户编号", "客户编码", "客户代码"), required=True
)
NAME_HEADERS = ("ID", "Name", "编号", "编码", "代码", "名称")

CUSTOMERS = FileKind(
	"customers",
	(
		Column(
			"name",
			values.name,
			(*NAME_HEADERS, "客户编号", "客户ID", "客户编码", "客户代码", "客户"),
			required=True,
		),
		Column("customer_name", values.words, ("Customer Name", "客户名称", "客户姓名", "客户全称")),
		Column(
			"customer_group", values.words, ("Customer Group", "客户群组", "客户组", "客户分组", "客户类别")
		),
		Column("territory", values.words, ("Territory", "区域", "地区", "销售区域", "领土")),
		Column("account_manager", values.name, ("Account Manager", "客户经理", "负责人", "客户负责人")),
		Column(
			"retention_backup_manager",
			values.name,
			(
				"Backup Manager",
				"Backup Account Manager",
				"备份经理",
				"备用客户经理",
				"后备客户经理",
				"备份客户经理",
				"B角",
			),
		),
		Column(
			"retention_key_account",
			YES_NO,
			("Key Account", "重点客户", "大客户", "关键客户", "重要客户"),
			default=0,
		),
		Column(
			"retention_billed",
			YES_NO,
			("Billed", "Billed Monthly", "Billed Regularly", "按期计费", "按月计费", "月结客户"),
			default=0,
		),
		Column(
			"creation",
			values.day,
			("Created On", "Creation", "Creation Date", "创建时间", "创建于", "创建日期", "创建"),
		),
		Column("disabled", YES_NO, ("Disabled", "禁用", "已禁用", "停用", "已停用"), default=0),
	),
)
INVOICES = FileKind(
	"invoices",
	(
		Column(
			"name",
			values.name,
			(*NAME_HEADERS, "Invoice", "Sales Invoice", "发票编号", "发票号", "发票", "销售发票", "费用清单号码"),
			required=True,
		),
		CUSTOMER,
		Column("company", values.name, ("Company", "公司"), default="Company"),
		Column(
			"posting_date",
			values.day,
			("Posting Date", "Date", "过账日期", "记账日期", "记帐日期", "入账日期", "开票日期", "日期"),
			required=True,
		),
		Column("due_date", values.day, ("Due Date", "Payment Due Date", "到期日", "到期日期", "付款到期日", "付款截止日期")),
		Column(
			"base_net_total",
			values.amount,
			(
				"Net Total (Company Currency)", "总净金额（公司货币）", "净总额（公司货币）", "净总计（公司货币）", "净额（公司货币）",
				"净总额（本币）", "净额（本币）", "净总额（本位币）", "净额（本位币）", "净总额", "未税金额", "不含税金额",
			),
			required=True,
		),
		Column(
			"outstanding_amount",
			values.amount,
			("Outstanding Amount", "Outstanding", "未付金额", "未清金额", "未清余额", "未偿金额", "欠款金额", "未收金额"),
			default=0.0,
		),
		Column(
			"is_return",
			YES_NO,
			("Is Return (Credit Note)", "Is Return", "是退货？（退款单）", "是否退货", "退货？", "退货", "是退货"),
			default=0,
		),
		Column("docstatus", DOCSTATUS, ("Document Status", "Doc Status", "文档状态", "单据状态"), default=1),
	),
)  # fmt: skip
ITEMS = FileKind(
	"items",
	(
		Column(
			"parent",
			values.name,
			("Sales Invoice", "Invoice", "Parent", "ID", "上级", "发票编号", "发票号", "发票", "销售发票"),
			required=True,
		),
		Column(
			"item_group",
			values.words,
			(
				"Item Group",
				"Item Group (Items)",
				"物料群组",
				"物料组",
				"商品组",
				"产品组",
				"项目群组",
				"商品类别",
			),
			required=True,
		),
	),
)
CONTRACTS = FileKind(
	"contracts",
	(
		Column(
			"customer",
			values.name,
			(*CUSTOMER.headers, "party_name", "Party Name", "Party", "往来单位名称", "往来单位"),
			required=True,
		),
		Column("start_date", values.day, ("Start Date", "开始日期", "起始日期", "生效日期"), required=True),
		Column(
			"end_date", values.day, ("End Date", "结束日期", "终止日期", "到期日期", "截止日期", "到期日")
		),
	),
	reversed_dates=("start_date", "end_date"),
)
CONTACTS = FileKind(
	"contacts",
	(
		CUSTOMER,
		Column("date", values.day, ("Contact Date", "Date", "联系日期", "回访日期", "日期"), required=True),
		Column(
			"channel",
			CHANNEL,
			("Channel", "渠道", "方式", "联系方式", "回访方式"),
			default=Channel.PHONE.value,
		),
		Column("outcome", OUTCOME, ("Outcome", "Result", "结果", "联系结果", "回访结果"), required=True),
		Column(
			"satisfaction", values.satisfaction, ("Satisfaction", "Rating", "满意度", "满意度评分", "评分")
		),
	),
)
ISSUES = FileKind(
	"issues",
	(
		CUSTOMER,
		Column(
			"opening_date",
			values.day,
			("Opening Date", "Opened On", "问题提交日期", "提交日期", "投诉日期", "受理日期", "日期"),
			required=True,
		),
		Column("status", ISSUE_STATUS, ("Status", "状态"), default="Open"),
		Column("severity", values.words, ("Severity", "严重程度", "严重性", "严重度")),
		Column("issue_type", values.words, ("Issue Type", "Type", "问题类型", "发行类型", "类型")),
		Column("priority", values.words, ("Priority", "优先级", "优先")),
		Column(
			"sla_resolution_date",
			values.day,
			("Resolution Date", "Resolved On", "Closed On", "解决日期", "解决时间", "关闭日期", "办结日期"),
		),
		Column(
			"modified",
			values.day,
			("Last Updated On", "Last Modified On", "Modified", "最后更新时间", "修改时间", "最后修改时间"),
		),
		Column(
			"modified_by",
			values.name,
			(
				"Handled By",
				"Assigned To",
				"Last Updated By",
				"Modified By",
				"处理人",
				"受理人",
				"修改人",
				"修改者",
			),
		),
	),
)
HOLIDAYS = FileKind(
	"holidays",
	(
		Column(
			"date", values.near_day, ("holiday_date", "Date", "日期", "假期日期", "节日日期"), required=True
		),
		Column("description", values.words, ("Description", "描述", "说明", "节日", "名称"), default=""),
		Column("type", HOLIDAY_TYPE, ("Type", "类型", "类别"), default="off"),
	),
)
ABSENCES = FileKind(
	"absences",
	(
		Column(
			"owner",
			values.name,
			("Owner", "Person", "Employee", "Account Manager", "客户经理", "人员", "员工", "负责人", "姓名"),
			required=True,
		),
		Column("from_date", values.day, ("From Date", "起始日期", "开始日期", "从日期"), required=True),
		Column("to_date", values.day, ("To Date", "结束日期", "截止日期", "至今", "到日期"), required=True),
	),
	reversed_dates=("from_date", "to_date"),
)
FILE_KINDS = (CUSTOMERS, INVOICES, ITEMS, CONTRACTS, CONTACTS, ISSUES, HOLIDAYS, ABSENCES)


@dataclass(frozen=True, slots=True)
class Header:
	"""The header of one file: where each column stands, and what is wrong with it.

	`missing` are the required columns that are not there; `twice` the columns that stand there more than once under
	the same header, with that header.
	"""

	positions: dict[str, int]
	missing: tuple[Column, ...]
	twice: tuple[tuple[str, str], ...]


def match_header(kind: FileKind, cells: Sequence[str]) -> Header:
	"""Find the columns of a file in its first row; a column takes the best of its headers, its fieldname before all."""
	found = [plain(cell) for cell in cells]
	positions: dict[str, int] = {}
	twice: list[tuple[str, str]] = []
	for column in kind.columns:
		ranked = [plain(header) for header in (column.field, *column.headers)]
		best = next((header for header in ranked if header in found), None)
		if best is None:
			continue
		positions[column.field] = found.index(best)
		if found.count(best) > 1:
			twice.append((column.field, cells[found.index(best)]))
	missing = tuple(column for column in kind.columns if column.required and column.field not in positions)
	return Header(positions, missing, tuple(twice))
