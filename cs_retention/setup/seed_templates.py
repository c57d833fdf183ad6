"""The message templates a site begins with: title, class, channel, then language, subject and text of each wording."""

from cs_retention.engine.vocabulary import MessageChannel, MessageClass

EMAIL, SMS = MessageChannel.EMAIL, MessageChannel.SMS

TEMPLATES = (
	(
		"Complaint Received",
		MessageClass.COMPLAINT,
		EMAIL,
		(
			"en",
			"We have your complaint, {customer}",
			"Dear {contact},\n\nwe have your complaint and are working on it. {account_manager} calls you as soon as"
			" there is a solution and asks whether it is one.\n\n{account_manager_phone}\n{company}",
		),
		(
			"zh",
			"{customer}，您的投诉已受理",
			"尊敬的{contact}：\n\n您的投诉已受理，我们正在处理。有了解决方案后，{account_manager}会致电您，确认问题是否解决。"
			"\n\n{account_manager_phone}\n{company}",
		),
	),
	(
		"We Could Not Reach You",
		MessageClass.RETENTION,
		EMAIL,
		(
			"en",
			"We tried to call you",
			"Dear {contact},\n\n{account_manager} tried to call you and did not reach you. When does it suit you?"
			" A reply to this mail is enough, or call {account_manager_phone}.\n\n{company}",
		),
		(
			"zh",
			"我们曾致电给您",
			"尊敬的{contact}：\n\n{account_manager}曾致电给您，未能接通。您何时方便？回复此邮件或致电{account_manager_phone}即可。"
			"\n\n{company}",
		),
	),
	(
		"Your Account Manager",
		MessageClass.SERVICE,
		EMAIL,
		(
			"en",
			"Your contact at {company}",
			"Dear {contact},\n\n{account_manager} looks after {customer} at {company}.\n\n{account_manager_phone}"
			"\n{account_manager_email}",
		),
		(
			"zh",
			"您在{company}的联系人",
			"尊敬的{contact}：\n\n{account_manager}是{customer}在{company}的客户经理。\n\n{account_manager_phone}"
			"\n{account_manager_email}",
		),
	),
	(
		"Birthday Greeting",
		MessageClass.CARE,
		SMS,
		("en", "", "{contact}, {account_manager} and everybody at {company} wish you a happy birthday."),
		("zh", "", "{contact}，{account_manager}与{company}全体同仁祝您生日快乐！"),
	),
	(
		"Campaign Notice",
		MessageClass.MARKETING,
		EMAIL,
		(
			"en",
			"For you, {customer}",
			"Dear {contact},\n\nwe have an offer that may suit you. {account_manager} tells you more:"
			" {account_manager_phone}.\n\n{company}",
		),
		(
			"zh",
			"{customer}专享",
			"尊敬的{contact}：\n\n我们有一项可能适合您的优惠，详情请咨询{account_manager}：{account_manager_phone}。"
			"\n\n{company}",
		),
	),
	(
		"Alliance Invitation",
		MessageClass.MARKETING,
		EMAIL,
		(
			"en",
			"{campaign}: a voucher for {customer}",
			"Dear {contact},\n\n{campaign} runs until {campaign_end}. Your voucher at the merchants that take part:"
			" {voucher_code}\n\n{company}",
		),
		(
			"zh",
			"{campaign}：{customer}专享券",
			"尊敬的{contact}：\n\n{campaign}活动持续到{campaign_end}。您在参与商户的专享券：{voucher_code}"
			"\n\n{company}",
		),
	),
)
