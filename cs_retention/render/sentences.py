"""The sentence of every reason code; `{figure:kind}` is filled and formatted by `wording`."""

from __future__ import annotations

from types import MappingProxyType

SENTENCES = MappingProxyType(
	{
		"quota": "{missing:contacts} still owed in {period}",
		"silent": "last purchase {days:days} ago, usually every {gap}",
		"bill": "bill down {share:percent}, contract ends in {days:days}",
	}
)
