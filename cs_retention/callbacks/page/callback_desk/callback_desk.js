frappe.pages["callback-desk"].on_page_load = (wrapper) => {
	const page = frappe.ui.make_app_page({ parent: wrapper, title: __("Callback Desk"), single_column: true });
	wrapper.desk = new CallbackDesk(page);
};
frappe.pages["callback-desk"].on_page_show = (wrapper) => wrapper.desk?.show();

{
	const DESK = "cs_retention.callbacks.desk";
	const TEAM = "cs_retention.callbacks.desk_team";
	const CARD = "cs_retention.callbacks.cover.get_card";
	const MANAGERS = ["Retention Manager", "System Manager"];
	const ICONS = { Phone: "call", Visit: "map", Video: "video", WeChat: "message-1", Message: "mail" };
	const TITLES = () => ({
		overdue: __("Overdue", null, "Callback Desk"),
		today: __("Today", null, "Callback Desk"),
		week: __("This Week", null, "Callback Desk"),
		covering: __("Covering For"),
	});
	const ACTIONS = { d: "log", n: "attempt", r: "reschedule" };

	const get = async (method, args = {}) => (await frappe.call({ method, type: "GET", args })).message;
	const post = async (method, args) => (await frappe.call({ method, type: "POST", args, freeze: true })).message;
	const part = (kind, text) => $(`<span class="${kind}">`).text(text);
	const by_weight = (a, b) =>
		a.due_date.localeCompare(b.due_date) ||
		(a.due_time || "").localeCompare(b.due_time || "") ||
		a.weight[0] - b.weight[0] ||
		a.weight[1] - b.weight[1];

	/** The page: one person's calls in sections, and for managers the team behind a second button. */
	class CallbackDesk {
		constructor(page) {
			this.page = page;
			this.person = null;
			this.is_manager = MANAGERS.some((role) => frappe.user.has_role(role));
			this.body = $('<div class="callback-desk">').appendTo(page.body);
			page.add_action_icon("refresh", () => this.load(), "", __("Refresh"));
			page.add_menu_item(__("Keys"), () => this.show_keys());
			if (this.is_manager) this.add_team_button();
			this.body.on("click", ".desk-row", (event) => this.select($(event.currentTarget)));
			$(document).on("keydown", (event) => this.on_key(event));
		}

		show() {
			this.load();
		}

		add_team_button() {
			this.page.add_inner_button(__("Team"), () => this.open("team"));
			this.page.add_inner_button(__("Calls"), () => this.open("calls"));
		}

		open(view) {
			this.view = view;
			this.load();
		}

		/** Ask and draw; answers may come in another order than they were asked for, and only the newest one counts. */
		async load() {
			const asked = (this.asked = {});
			const is_team = this.view === "team";
			const answer = is_team ? await get(`${TEAM}.get_team`) : await get(`${DESK}.get_desk`, this.whose());
			if (this.asked !== asked) return;
			if (is_team) this.draw_team(answer);
			else this.draw(answer);
		}

		draw(desk) {
			this.desk = desk;
			this.body.empty();
			this.draw_people(desk);
			if (!desk.sections.some(({ count }) => count)) this.body.append(this.empty(desk));
			if (desk.is_away) this.body.append(this.notice(__("Away today: the backup makes these calls.")));
			desk.sections.forEach((section) => this.draw_section(section));
			this.draw_promises(desk.promises);
			this.select(this.body.find(".desk-row").first(), false);
		}

		/** Whose desk it is, to choose for those who see all. */
		draw_people({ people, person }) {
			if (!people.length) return;
			const others = people.some(({ value }) => value === person);
			const own = others ? [] : [{ value: person, label: frappe.user.full_name(person) }];
			const field = frappe.ui.form.make_control({
				parent: $('<div class="desk-person">').appendTo(this.body),
				df: {
					...{ fieldtype: "Autocomplete", fieldname: "person", label: __("Desk Of"), input_class: "input-xs" },
					...{ options: [...own, ...people], change: () => this.choose(field.get_value()) },
				},
				render_input: true,
			});
			field.set_input(person);
		}

		choose(person) {
			if (!person || person === this.desk.person) return;
			this.person = person;
			this.load();
		}

		notice(text) {
			return $('<div class="desk-notice">').text(text);
		}

		empty({ next_due, has_run }) {
			const box = $('<div class="desk-empty text-center text-muted">');
			if (!has_run) {
				box.append($("<p>").text(__("No night has run yet: it rates every customer and plans the calls.")));
				if (this.is_manager) {
					const run = $('<a class="btn btn-default btn-sm" href="/app/retention-run">').text(__("Open Nights"));
					box.append(run);
				}
				return box;
			}
			box.append($("<p>").text(__("Nothing is due this week.")));
			if (next_due) box.append($("<p>").text(__("The next call is on {0}.", [frappe.datetime.str_to_user(next_due)])));
			return box;
		}

		/** A section without rows stays hidden until a call moves into it. */
		draw_section({ name, count, rows }) {
			const section = $('<section class="desk-section">').attr("data-section", name).appendTo(this.body);
			const last = rows[rows.length - 1];
			section.toggle(count > 0);
			const heading = $('<h5 class="desk-heading">').append(part("", TITLES()[name]), part("desk-count", count));
			section.append(heading, $('<div class="desk-rows">').append(rows.sort(by_weight).map((row) => this.row(row, name))));
			if (count > rows.length) section.append(this.more(section, name, last, count - rows.length));
		}

		/** What follows the last row that was sent, whatever was done with the rows since. */
		more(section, name, last, left) {
			const button = $('<button class="btn btn-default btn-xs desk-more">').text(__("Show {0} More", [left]));
			return button.on("click", async () => {
				button.prop("disabled", true);
				const args = { section: name, after_date: last.due_date, after_name: last.name, ...this.whose() };
				const rows = await get(`${DESK}.get_more`, args).finally(() => button.prop("disabled", false));
				const following = rows[rows.length - 1];
				rows.filter(({ name }) => this.box(name).length).forEach(({ name }) => this.box(name).remove());
				section.find(".desk-rows").append(rows.sort(by_weight).map((row) => this.row(row, name)));
				left -= rows.length;
				button.replaceWith(rows.length && left > 0 ? this.more(section, name, following, left) : "");
			});
		}

		whose() {
			return this.person ? { person: this.person } : {};
		}

		box(name) {
			return this.body.find(".desk-row").filter((_index, element) => element.dataset.name === name);
		}

		row(row, section) {
			const box = $('<article class="desk-row" tabindex="0">').attr({ "data-name": row.name, "data-section": section });
			box.data("row", row);
			return box.append(this.head(row), this.why(row), this.about(row), this.buttons(row, section));
		}

		head(row) {
			const name = $('<a class="desk-customer">').attr("href", frappe.utils.get_form_link("Customer", row.customer));
			const health = row.health && part(`indicator-pill no-indicator-dot ${cs_retention.band_colours[row.band] || "gray"}`, row.health);
			return $('<div class="desk-head">').append(
				name.text(row.customer_name),
				part("desk-stars", row.stars),
				row.is_key_account && part("indicator-pill no-indicator-dot blue", __("Key Account")),
				health,
				part(`desk-due${row.due_date < this.desk.today ? " text-danger" : ""}`, [row.due, row.due_time].filter(Boolean).join(" "))
			);
		}

		why(row) {
			const reasons = [row.why.join("; "), row.main_reason].filter(Boolean);
			return $('<div class="desk-why">').append(
				$(frappe.utils.icon(ICONS[row.channel] || "call", "sm")).attr("title", __(row.channel, null, "Customer Callback")),
				part("", reasons.join(" · "))
			);
		}

		about(row) {
			const { last, points, facts, account_manager, manager_name } = row;
			const box = $('<div class="desk-about text-muted">');
			if (account_manager && account_manager !== this.desk.person) {
				box.append($("<div>").text(__("For {0}", [manager_name])));
			}
			if (last) box.append($("<div>").text([__("Last contact"), last.day, last.person, last.summary].filter(Boolean).join(" · ")));
			if (facts.length) box.append($("<div>").text(facts.map(({ label, value }) => `${label} ${value}`).join(" · ")));
			const links = points.map(({ text, route, kind }) =>
				$(`<a class="desk-point desk-${kind}">`).attr("href", frappe.utils.get_form_link(route[1], route[2])).text(text)
			);
			return box.append(links.length ? $('<div class="desk-points">').append(links) : "");
		}

		buttons(row, section) {
			const button = (text, action, primary) =>
				$(`<button class="btn btn-xs ${primary ? "btn-primary" : "btn-default"}">`)
					.text(text)
					.on("click", () => this.act(action, row.name));
			const tel = row.phone && $('<a class="btn btn-xs btn-default desk-tel">').attr("href", `tel:${row.phone}`);
			const card = $('<button class="btn btn-xs btn-default">').text(__("Hand-over Card"));
			return $('<div class="desk-buttons">').append(
				tel && tel.text(row.phone).attr("title", row.contact || ""),
				button(__("Log Call"), "log", true),
				button(__("Not Reached"), "attempt"),
				button(__("Reschedule"), "reschedule"),
				section === "covering" && card.on("click", () => show_card(row.customer))
			);
		}

		act(action, name) {
			cs_retention.callbacks[action](name, (result) => this.follow([name, result.next?.name].filter(Boolean)));
		}

		open_case(row) {
			cs_retention.cases.wants_to_leave(row.customer, () => this.refresh_row(row.name));
		}

		/** Show calls as they stand now and select the next where the one worked on has left; after the last, say what comes. */
		async follow([name, ...others]) {
			const rows = this.body.find(".desk-row");
			const at = rows.index(this.box(name));
			const beside = rows.eq(at + 1 < rows.length ? at + 1 : at - 1);
			const stays = await this.refresh_row(name);
			const next = stays ? this.box(name) : beside;
			const is_there = next.closest(this.body).length;
			this.select(is_there ? next : this.body.find(".desk-row").first());
			for (const other of others) await this.refresh_row(other);
			if (!this.body.find(".desk-row.is-selected").length) this.select(this.body.find(".desk-row").first());
			if (!this.body.find(".desk-row").length) await this.load();
		}

		/** Show one call in the section it belongs to now; return whether it stays where it was. */
		async refresh_row(name) {
			const row = await get(`${DESK}.get_row`, { name, ...this.whose() });
			const before = this.box(name).attr("data-section");
			if (row && row.section === before) {
				const is_selected = this.box(name).hasClass("is-selected");
				this.box(name).replaceWith(this.row(row, before).toggleClass("is-selected", is_selected));
				return true;
			}
			this.box(name).remove();
			if (before) this.count(before, -1);
			if (row) {
				this.section(row.section).find(".desk-rows").append(this.row(row, row.section));
				this.count(row.section, 1);
			}
			return false;
		}

		section(name) {
			return this.body.find(`.desk-section[data-section="${name}"]`);
		}

		count(name, change) {
			const count = this.section(name).find(".desk-count");
			const left = cint(count.text()) + change;
			count.text(left);
			this.section(name).toggle(left > 0);
		}

		select(box, scroll = true) {
			this.body.find(".desk-row.is-selected").removeClass("is-selected");
			if (!box.length) return;
			box.addClass("is-selected");
			if (scroll) box[0].scrollIntoView({ block: "nearest" });
		}

		draw_promises(promises) {
			if (!promises.length) return;
			const section = $('<section class="desk-section" data-section="promises">').appendTo(this.body);
			section.append($('<h5 class="desk-heading">').append(part("", __("Promises Due")), part("desk-count", promises.length)));
			const rows = promises.map((row) =>
				$('<a class="desk-promise">')
					.attr("href", frappe.utils.get_form_link("Customer Callback", row.parent))
					.append(
						part(`desk-due${row.is_overdue ? " text-danger" : ""}`, frappe.datetime.str_to_user(row.due_date)),
						part("bold", row.customer_name),
						part("", row.promise),
						part("text-muted", row.promised_by_name)
					)
			);
			section.append($('<div class="desk-rows">').append(rows));
		}

		/** Keys count while the page is shown and nothing is typed or asked. */
		on_key(event) {
			const is_shown = frappe.get_route()[0] === "callback-desk" && this.view !== "team";
			const is_typing = $(event.target).is("input, textarea, select, [contenteditable]") || $(".modal.show").length;
			if (!is_shown || is_typing || event.ctrlKey || event.metaKey || event.altKey) return;
			const rows = this.body.find(".desk-row");
			const at = rows.index(this.body.find(".desk-row.is-selected"));
			const row = at < 0 ? undefined : rows.eq(at).data("row");
			const keys = {
				j: () => this.select(rows.eq(Math.min(at + 1, rows.length - 1))),
				k: () => this.select(rows.eq(Math.max(at - 1, 0))),
				"?": () => this.show_keys(),
				...(row && { Enter: () => frappe.set_route("Form", "Customer", row.customer) }),
				...(row && frappe.model.can_create("Retention Case") && { c: () => this.open_case(row) }),
				...(row && Object.fromEntries(Object.entries(ACTIONS).map(([key, action]) => [key, () => this.act(action, row.name)]))),
			};
			if (!keys[event.key] || (event.key === "Enter" && $(event.target).is("a, button"))) return;
			event.preventDefault();
			keys[event.key]();
		}

		show_keys() {
			const keys = [
				...[["j, k", __("next call, call before")], ["d", __("log the call")], ["n", __("not reached")]],
				...[["r", __("reschedule")], ["c", __("the customer wants to leave")]],
				...[["Enter", __("open the customer")], ["?", __("these keys")]],
			];
			const rows = keys.map(([key, text]) => $("<tr>").append($("<td>").append($("<kbd>").text(key)), $("<td>").text(text)));
			const dialog = new frappe.ui.Dialog({ title: __("Keys") });
			dialog.$body.append($('<table class="table table-borderless">').append(rows));
			dialog.show();
		}

		draw_team(team) {
			const to_desk = (person) => {
				this.person = person;
				this.open("calls");
			};
			this.body.empty().append(load_table(team, to_desk), this.overflow(team.overflow), this.unmanaged(team.unmanaged));
		}

		overflow({ count, rows }) {
			const section = $('<section class="desk-section" data-section="overflow">');
			section.append($('<h5 class="desk-heading">').append(part("", __("Found No Day")), part("desk-count", count)));
			if (!count) return section.append($('<p class="text-muted">').text(__("Everything that is owed has its day.")));
			return section.append(rows.map((row) => this.overflow_row(row)));
		}

		overflow_row(row) {
			const name = $('<a class="desk-customer">').attr("href", frappe.utils.get_form_link("Customer", row.customer));
			const proposals = row.proposals.map(({ person, name, date, label }) =>
				$('<button class="btn btn-xs btn-default">')
					.text(__("{0} on {1}", [name, label], "Callback Desk"))
					.on("click", () => this.settle(`${TEAM}.give_to`, { customer: row.customer, person, day: date }))
			);
			return $('<article class="desk-row">').append(
				$('<div class="desk-head">').append(name.text(row.customer_name), part("desk-stars", row.stars)),
				$('<div class="desk-why">').text(row.why.join("; ")),
				$('<div class="desk-buttons">').append(
					proposals.length ? proposals : part("text-muted", __("Nobody has room before the period ends."))
				)
			);
		}

		unmanaged({ count, rows }) {
			const section = $('<section class="desk-section" data-section="unmanaged">');
			section.append($('<h5 class="desk-heading">').append(part("", __("No Account Manager")), part("desk-count", count)));
			if (!count) return section.append($('<p class="text-muted">').text(__("Every customer has somebody.")));
			return section.append(rows.map((row) => this.unmanaged_row(row)));
		}

		unmanaged_row(row) {
			const name = $('<a class="desk-customer">').attr("href", frappe.utils.get_form_link("Customer", row.name));
			const assign = $('<button class="btn btn-xs btn-default">').text(__("Assign", null, "Callback Desk"));
			assign.on("click", () => this.ask_for_manager(row));
			const level = row.retention_star_level && __(row.retention_star_level, null, "Customer");
			return $('<article class="desk-row">').append(
				$('<div class="desk-head">').append(name.text(row.customer_name), part("text-muted", [level, row.territory].filter(Boolean).join(" · "))),
				$('<div class="desk-buttons">').append(assign)
			);
		}

		ask_for_manager(row) {
			const field = { fieldname: "person", fieldtype: "Link", options: "User", label: __("Account Manager"), reqd: 1 };
			frappe.prompt(
				[{ ...field, get_query: () => ({ filters: { enabled: 1, user_type: "System User" } }) }],
				({ person }) => this.settle(`${TEAM}.assign_manager`, { customer: row.name, person }),
				frappe.utils.escape_html(row.customer_name),
				__("Assign", null, "Callback Desk")
			);
		}

		async settle(method, args) {
			await post(method, args);
			frappe.show_alert({ message: __("Done", null, "Customer Callback"), indicator: "green" });
			this.load();
		}
	}

	/** Calls per person and day against capacity: the fuller, the darker; red above capacity. */
	const load_table = ({ days, people, capacity }, to_desk) => {
		const head = days.map(({ label, is_off }) => $(`<th class="${is_off ? "text-muted" : ""}">`).text(label));
		const rows = people.map(({ name, person, overdue, loads }) =>
			$("<tr>").append(
				$('<th scope="row">').append($('<a class="desk-whose" href="#">').text(name || person).on("click", (event) => {
					event.preventDefault();
					to_desk(person);
				})),
				$(`<td class="${overdue ? "text-danger bold" : "text-muted"}">`).text(overdue),
				loads.map((load) => load_cell(load, capacity))
			)
		);
		const table = $('<table class="table table-bordered desk-loads">').append(
			$("<thead>").append($("<tr>").append($("<th>").text(__("Person")), $("<th>").text(__("Overdue", null, "Callback Desk")), head)),
			$("<tbody>").append(rows)
		);
		const title = $('<h5 class="desk-heading">').text(__("Calls per Day, {0} at Most", [capacity]));
		return $('<section class="desk-section" data-section="team">').append(title, $('<div class="desk-scroll">').append(table));
	};

	const load_cell = ({ calls, is_off }, capacity) => {
		const cell = $("<td>").text(is_off && !calls ? "–" : calls);
		if (calls > capacity || (is_off && calls)) return cell.addClass("desk-full");
		return cell.css("--load", capacity ? calls / capacity : 0).addClass(is_off ? "text-muted" : "desk-load");
	};

	/** The hand-over card: what the backup has to know before calling. */
	const show_card = async (customer) => {
		const { customer_name, contacts, promises, issues } = await get(CARD, { customer });
		const dialog = new frappe.ui.Dialog({ title: __("Hand-over Card: {0}", [frappe.utils.escape_html(customer_name)]) });
		const day = (date) => (date ? frappe.datetime.str_to_user(date) : "");
		const list = (title, rows) => {
			const lines = rows.length ? rows.map((words) => $("<li>").text(words.filter(Boolean).join(" · "))) : $('<li class="text-muted">').text(__("None"));
			return [$('<div class="bold mt-3">').text(title), $('<ul class="pl-4">').append(lines)];
		};
		const word = (text) => __(text, null, "Customer Touch");
		dialog.$body.append(
			list(__("Last Contacts"), contacts.map((row) => [day(row.day), row.person, word(row.channel), word(row.outcome), row.summary])),
			list(__("Open Promises"), promises.map((row) => [day(row.due_date), row.promised_by, row.promise])),
			list(__("Open Issues", null, "Callback Desk"), issues.map((row) => [day(row.opening_date), row.name, row.subject]))
		);
		dialog.show();
	};

	window.CallbackDesk = CallbackDesk;
}
