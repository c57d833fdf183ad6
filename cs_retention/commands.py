"""Commands of `bench --site SITE`: demo data in and out."""

import click
import frappe
from frappe.commands import get_site, pass_context


@click.command("load-retention-demo")
@pass_context
def load_retention_demo(context: object) -> None:
	"""Load the sample branch into the site."""
	count = run(context, "load")
	click.echo(f"{count} customers loaded")


@click.command("erase-retention-demo")
@pass_context
def erase_retention_demo(context: object) -> None:
	"""Erase the sample branch from the site; nothing else is touched."""
	count = run(context, "erase")
	click.echo(f"{count} customers erased")


def run(context: object, step: str) -> int:
	"""Do one step on the site as Administrator and return the number of customers; a refusal is one sentence."""
	frappe.init(site=get_site(context))
	frappe.connect()
	try:
		count = frappe.get_attr(f"cs_retention.setup.demo.{step}")()
		# A command has no request that would commit for it.
		frappe.db.commit()  # nosemgrep: frappe-manual-commit
	except frappe.ValidationError as error:
		raise click.ClickException(frappe.utils.strip_html(str(error))) from error
	finally:
		frappe.destroy()
	return count


commands = [load_retention_demo, erase_retention_demo]
