const METHODS = "cs_retention.setup.demo";
const TRY_SOURCES = "cs_retention.cs_retention.obligation_tryout.try_settings";
const TRY_REMINDERS = "cs_retention.callbacks.reminder_trial.try_reminders";
const REMINDER_FIELDS = ["send_digests", "send_weekly_digest", "digest_hour", "nudge_minutes", "escalation_days"];
const SECONDS_BETWEEN_LOOKS = 2;

frappe.ui.form.on("CS Retention Settings", {
	refresh(frm) {
		for (const fixed of ["cannot_add_rows", "cannot_delete_rows"]) {
			frm.set_df_property("obligation_sources", fixed, true);
		}
		if (frm.perm[0] && frm.perm[0].write) {
			frm.add_custom_button(__("Try the Sources"), () => try_sources(frm));
			frm.add_custom_button(__("Try the Reminders"), () => try_reminders(frm));
		}
		if (frappe.user.has_role("System Manager")) look(frm);
	},
});

/** Show the one button that applies; while a job runs, look again. */
async function look(frm) {
	clearTimeout(frm.next_look);
	const { message } = await frappe.call({ method: `${METHODS}.get_demo_status` });
	frm.remove_custom_button(__("Load Demo Data"));
	frm.remove_custom_button(__("Erase Demo Data"));
	frm.dashboard.clear_headline();
	if (message.is_running) {
		frm.dashboard.set_headline_alert(__("Demo data is being loaded or erased."), "blue");
		frm.next_look = setTimeout(() => $(frm.wrapper).is(":visible") && look(frm), SECONDS_BETWEEN_LOOKS * 1000);
		return;
	}
	if (message.error) frm.dashboard.set_headline_alert(frappe.utils.escape_html(message.error), "red");
	const [label, method, question] = message.is_loaded
		? [__("Erase Demo Data"), "erase_demo", __("Erase the demo data and all that was recorded for its customers?")]
		: [__("Load Demo Data"), "load_demo", __("Load a sample branch of 120 customers into this site?")];
	frm.add_custom_button(label, () => frappe.confirm(question, () => start(frm, method)));
}

async function start(frm, method) {
	await frappe.call({ method: `${METHODS}.${method}`, freeze: true });
	look(frm);
}

/** Show what each source of obligations adds to the calls of the book; figures that were changed are saved first. */
async function try_sources(frm) {
	if (frm.is_dirty()) await frm.save();
	const { message } = await frappe.call({
		method: TRY_SOURCES,
		type: "GET",
		freeze: true,
		freeze_message: __("Planning the book with each source and without it…"),
	});
	const dialog = new frappe.ui.Dialog({ title: __("What Each Source Adds"), size: "large" });
	dialog.$body.append(sources_table(message));
	dialog.show();
}

function sources_table({ days, sources }) {
	const head = [__("Source", null, "Retention Obligation Source"), __("Calls a Week"), __("Owed by Now"), __("Calls in the Plan")];
	const note = __(
		"Each source beside all others that are on. What is known ahead is counted over the {0} days that the plan reaches; what comes in from day to day as if the last four weeks came again.",
		[days]
	);
	return `<div class="source-trial p-3">
		<p class="text-muted">${note}</p>
		<div class="table-responsive"><table class="table table-sm">
			<thead><tr>${head.map((label, place) => cell(label, place, "th")).join("")}</tr></thead>
			<tbody>${sources.map(source_rows).join("")}</tbody>
		</table></div>
	</div>`;
}

function source_rows(row) {
	const state = row.is_on ? "green" : "gray";
	const label = `<span class="indicator ${state}">${frappe.utils.escape_html(__(row.source))}</span>`;
	const own = [`<b>${label}</b>`, frappe.utils.escape_html(row.words), row.duties, row.calls];
	const people = row.people.map((person) => [
		`<span class="text-muted pl-4">${frappe.utils.escape_html(person.name || __("nobody"))}</span>`,
		frappe.utils.escape_html(person.words),
		person.duties,
		person.calls,
	]);
	return [own, ...people]
		.map((cells) => `<tr>${cells.map((content, place) => cell(content, place, "td")).join("")}</tr>`)
		.join("");
}

function cell(content, place, tag) {
	return `<${tag}${place > 1 ? ' class="text-right"' : ""}>${content}</${tag}>`;
}

/** Show who would be told what on the next working day, under the figures on the form, saved or not. */
async function try_reminders(frm) {
	const { message } = await frappe.call({
		method: TRY_REMINDERS,
		type: "GET",
		args: Object.fromEntries(REMINDER_FIELDS.map((field) => [field, cint(frm.doc[field])])),
		freeze: true,
	});
	const dialog = new frappe.ui.Dialog({ title: __("Reminders of {0}", [message.day]), size: "large" });
	dialog.$body.append(`<div class="reminder-trial p-3">${message.kinds.map(reminder_kind).join("")}</div>`);
	dialog.show();
}

function reminder_kind({ kind, label, is_on, words, rows, more }) {
	const state = is_on ? "green" : "gray";
	const left = more ? `<p class="text-muted">${__("and {0} more", [more])}</p>` : "";
	return `<div class="mb-3" data-kind="${kind}">
		<b><span class="indicator ${state}">${frappe.utils.escape_html(label)}</span></b>
		<div>${frappe.utils.escape_html(words)}</div>
		${rows.map(reminder_row).join("")}${left}
	</div>`;
}

/** One person's reminder; the text of the mail opens under its subject. */
function reminder_row({ name, is_told, way, subject, text }) {
	const head = [name, subject].map((part) => frappe.utils.escape_html(part)).join(" · ");
	const end = is_told ? "" : ` <span class="text-muted">(${frappe.utils.escape_html(way)})</span>`;
	if (!text) return `<div class="reminder-row pl-4">${head}${end}</div>`;
	return `<details class="reminder-row pl-3"><summary>${head}${end}</summary>
		<pre class="small p-2 mb-1" style="white-space: pre-wrap">${frappe.utils.escape_html(text)}</pre>
	</details>`;
}
