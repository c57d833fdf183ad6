"""The files of `cs-retention alliance`: merchants, their quarterly reviews, sanctions."""

from __future__ import annotations

import re
from datetime import date

from cs_retention.engine.alliance import HIGHEST, LOWEST
from cs_retention.engine.vocabulary import MerchantStatus
from cs_retention.engine.workdays import month_span
from cs_retention.preview import values
from cs_retention.preview.columns import Column, FileKind
from cs_retention.preview.sheets import Cell
from cs_retention.preview.values import Refused

QUARTER = re.compile(r"(\d{4})\s?-?\s?Q([1-4])|(\d{4})年第?([1-4一二三四])季度", re.IGNORECASE)
CHINESE = "一二三四"
MONTHS = 3


def quarter(cell: Cell) -> date:
	"""Return the last day of a quarter written as 2026Q4, 2026-Q4 or 2026年第4季度."""
	found = QUARTER.fullmatch(values.as_text(cell))
	if found is None:
		raise Refused("is no quarter; write it as 2026Q4")
	year, number = int(found[1] or found[3]), found[2] or found[4]
	if not values.FIRST_YEAR <= year <= values.LAST_YEAR:
		raise Refused(f"has a year outside {values.FIRST_YEAR} to {values.LAST_YEAR}; correct it")
	ordinal = CHINESE.index(number) + 1 if number in CHINESE else int(number)
	return month_span(date(year, MONTHS * ordinal, 1), MONTHS)[1]


def score(cell: Cell) -> float:
	"""Return a score from 1 to 5."""
	found = values.amount(cell)
	if not LOWEST <= found <= HIGHEST:
		raise Refused("is no score; give one from 1 to 5")
	return found


def points(cell: Cell) -> float:
	"""Return points of admission, 0 to 100."""
	found = values.amount(cell)
	if not 0 <= found <= 100:
		raise Refused("is outside 0 to 100; give the points of admission")
	return found


STATUS = values.one_of(
	{
		status: (status.value, chinese)
		for status, chinese in zip(
			MerchantStatus, ("候选", "已加盟", "已暂停", "已淘汰"), strict=True
		)
	}
)  # fmt: skip
MERCHANT = Column(
	"merchant", values.name, ("Alliance Merchant", "Merchant", "联盟商户", "商户"), required=True
)

MERCHANTS = FileKind(
	"merchants",
	(
		MERCHANT,
		Column("category", values.words, ("Category", "行业", "类别"), default=""),
		Column("territory", values.words, ("Territory", "区域", "地区"), default=""),
		Column("status", STATUS, ("Status", "状态"), default=MerchantStatus.ADMITTED),
		Column("admitted_on", values.day, ("Admitted On", "加盟日期")),
		Column("eliminated_on", values.day, ("Eliminated On", "淘汰日期")),
		Column("contract_end", values.day, ("Contract End", "合同到期日")),
		Column("admission_points", points, ("Admission Points", "准入得分"), default=0.0),
		Column("parent_merchant", values.name, ("Parent Merchant", "上级商户")),
	),
	reversed_dates=("admitted_on", "eliminated_on"),
)
REVIEWS = FileKind(
	"reviews",
	(
		MERCHANT,
		Column("quarter", quarter, ("Quarter", "季度"), required=True),
		Column("quality", score, ("Quality", "质量"), required=True),
		Column("price", score, ("Price", "价格"), required=True),
		Column("cooperation", score, ("Cooperation", "配合度", "合作"), required=True),
		Column("satisfaction", score, ("Satisfaction", "满意度"), required=True),
		Column("evidence", values.words, ("Evidence", "依据"), required=True),
	),
)
SANCTIONS = FileKind(
	"sanctions",
	(
		MERCHANT,
		Column("decided_on", values.day, ("Decided On", "决定日期"), required=True),
		Column("breach", values.words, ("Breach", "违规"), required=True),
		Column("evidence", values.words, ("Evidence", "依据"), required=True),
		Column("lifted_on", values.day, ("Lifted On", "解除日期")),
		Column("lift_reason", values.words, ("Reason for Lifting", "解除原因"), default=""),
	),
	reversed_dates=("decided_on", "lifted_on"),
)
