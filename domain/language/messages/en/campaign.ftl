# Writing a campaign.
campaign-letter = The letter
campaign-times = Period and deadline
campaign-reports = Reports and publication
campaign-save = Save the campaign
campaign-title = Title of the campaign
campaign-letter-number = Number and code
campaign-letter-on = Date
campaign-letter-place = Place
campaign-subject = Subject
campaign-legal-basis = Legal basis
campaign-aim = Aim
campaign-tasks = Tasks
campaign-tasks-hint = One task a line; they are numbered.
campaign-contact = Contact for support (name, phone, mail)
campaign-signer = Signature block
campaign-signer-hint = One part a line, such as: KT. GIÁM ĐỐC, PHÓ GIÁM ĐỐC, the name.
campaign-from = From
campaign-to = To
campaign-deadline-phrase = Deadline: phrase
campaign-deadline-on = Deadline: day
campaign-deadline-hint = “Before 22 September” ends with 21 September; “at the latest on 22 September” ends with that day.
campaign-form = Form of the report
campaign-form-hint = The letter's form asks about agencies, organisations and enterprises only; none of its rows is about devices. Choose the extended form to add up users told and devices checked, found infected and cleaned as well; it is Lamsach's own form, not the authority's.
campaign-form-rows = Rows of each form
campaign-public = Publish a page of the campaign for everybody
campaign-public-page = Public page
campaign-letter-docx = Letter as DOCX
campaign-files = Attachments and indicator lists
campaign-attachments = Attachments
campaign-add-list = Add an indicator list (.txt, .csv)
campaign-add-file = Add an attachment
campaign-add = Add files
campaign-refused = { $count ->
    [one] { $count } line refused
   *[other] { $count } lines refused
}
campaign-refused-line = Line { $line }:
campaign-warned = In a warning list too: look before anything is blocked
campaign-withdraw = Withdraw
campaign-receivers = Receivers
campaign-receivers-hint = Units that get it “for action” must report; those “for coordination” or “for information” need not.
campaign-receivers-none = There is no unit below or beside yours yet. Please import the units first.
campaign-unit = Unit
campaign-role = Sent for
campaign-not-sent = Not sent
campaign-save-receivers = Save the receivers
campaign-launch = Launch the campaign
campaign-launch-hint = { $count ->
    [one] The letter goes to the { $count } unit saved above.
   *[other] The letter goes to the { $count } units saved above.
} Receivers and form cannot be changed afterwards.
campaign-close = Close the campaign
campaign-close-sure = I have checked and want to close the campaign
campaign-close-hint = Closing locks every report that was handed in; units can no longer change or send any. It cannot be undone.
