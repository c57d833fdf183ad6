"""The file of a customer who leaves: consent, proof, identity and settlement, without which nothing is freed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum

from cs_retention.engine.callback_work import says_something
from cs_retention.engine.reasons import PolicyError, WorkError

MEGABYTE = 1 << 20
PROOF_KINDS = ("pdf", "jpg", "jpeg", "png")
"""Kinds of files that prove a consent: a scan or a photograph of what was signed."""


class IdentityCheck(str, Enum):
	"""How it was made sure that whoever asks is the customer or speaks for it."""

	NOT_CHECKED = "Not Checked"
	ID_DOCUMENT = "ID Document"
	BUSINESS_LICENCE = "Business Licence"
	SERVICE_PASSWORD = "Service Password"
	REGISTERED_NUMBER = "Registered Number Called"


class ReleaseScope(str, Enum):
	"""What the customer agrees to: that the contract ends, or also that what is freed is sold again."""

	RELEASE = "Release"
	SECOND_SALE = "Release and Second Sale"


class FreedKind(str, Enum):
	"""What becomes free: a numbered thing of ERPNext, or something told in words."""

	NOTHING = "Nothing"
	SERIAL_NO = "Serial No"
	SUBSCRIPTION = "Subscription"
	CONTRACT = "Contract"
	IN_WORDS = "In Words"


@dataclass(frozen=True, slots=True)
class Proof:
	"""A file that proves the consent: its name, its size in bytes, and whether it is private."""

	file_name: str
	size: int
	is_private: bool = True

	@property
	def kind(self) -> str:
		"""Return the ending of the name in small letters, "" where there is none."""
		return self.file_name.rpartition(".")[2].lower() if "." in self.file_name else ""


@dataclass(frozen=True, slots=True)
class ReleasePolicy:
	"""What a site asks of proofs, how long a leaver may be called, and the share of files that is audited each month."""

	proof_megabytes: int = 10
	leaver_days: int = 30
	win_back_days: int = 180
	audit_percent: int = 10

	def __post_init__(self) -> None:
		if not 1 <= self.proof_megabytes <= 100:
			raise PolicyError("proof_megabytes", self.proof_megabytes, "give a number from 1 to 100")
		if not 0 <= self.audit_percent <= 100:
			raise PolicyError("audit_percent", self.audit_percent, "give a number from 0 to 100")
		if not 1 <= self.leaver_days <= self.win_back_days:
			raise PolicyError(
				"leaver_days", self.leaver_days, "give a number from 1 to {most}", most=self.win_back_days
			)


@dataclass(frozen=True, slots=True)
class ReleaseFile:
	"""What stands in the file. `dues` are what the customer owes on the day, as ERPNext says."""

	consent_on: date | None
	scope: ReleaseScope = ReleaseScope.RELEASE
	consent_by: str = ""
	proof: Proof | None = None
	identity: IdentityCheck = IdentityCheck.NOT_CHECKED
	dues: float = 0.0
	settled_how: str = ""
	freed: FreedKind = FreedKind.NOTHING
	freed_name: str = ""
	is_for_second_sale: bool = False


def check_release(file: ReleaseFile | None, policy: ReleasePolicy, today: date) -> None:
	"""Refuse to release a customer without consent, proof, identity and settlement; WorkError names what lacks."""
	if file is None:
		raise WorkError("release_file", None, "write a Release File with consent and proof, and submit it")
	if file.consent_on is None:
		raise WorkError("consent_on", None, "give the day on which the customer agreed in writing")
	if file.consent_on > today:
		raise WorkError("consent_on", file.consent_on, "give today or an earlier date")
	if not file.consent_by.strip():
		raise WorkError("consent_by", file.consent_by, "name the person who agreed")
	check_proof(file.proof, policy)
	if file.identity is IdentityCheck.NOT_CHECKED:
		raise WorkError("identity_check", file.identity, "check who agreed and say how")
	if file.dues > 0 and not file.settled_how.strip():
		raise WorkError(
			"settled_how",
			file.settled_how,
			"say how the {dues} that are still owed are settled",
			dues=file.dues,
		)
	_check_freed(file)


def check_proof(proof: Proof | None, policy: ReleasePolicy) -> None:
	"""Refuse a proof that is missing, of another kind, public, empty or too large."""
	if proof is None:
		raise WorkError("proof", None, "attach the signed consent as a private file")
	if proof.kind not in PROOF_KINDS:
		raise WorkError(
			"proof",
			proof.file_name,
			"attach one of these kinds of file: {kinds}",
			kinds=", ".join(PROOF_KINDS),
		)
	if not proof.is_private:
		raise WorkError("proof", proof.file_name, "the file is public; attach it again as a private file")
	if not proof.size:
		raise WorkError("proof", proof.file_name, "the file is empty; attach it again")
	if proof.size > policy.proof_megabytes * MEGABYTE:
		raise WorkError(
			"proof",
			proof.file_name,
			"the file is larger than {most} MB; attach a smaller scan",
			most=policy.proof_megabytes,
		)


def _check_freed(file: ReleaseFile) -> None:
	if file.freed is not FreedKind.NOTHING and not says_something(file.freed_name):
		raise WorkError("freed_name", file.freed_name, "name what is freed")
	if not file.is_for_second_sale:
		return
	if file.scope is not ReleaseScope.SECOND_SALE:
		raise WorkError(
			"is_for_second_sale",
			file.scope,
			"the customer agreed to the release only; ask for a second sale too, or do not mark it",
		)
	if file.freed is FreedKind.NOTHING:
		raise WorkError("freed_kind", file.freed, "say what is freed for the second sale")
