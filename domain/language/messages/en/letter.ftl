# The letter.
letter-deadline-before = Please count and report the results to { $unit } before { $day }.
letter-deadline-at-latest = Please count and report the results to { $unit } by { $day } at the latest.
letter-stages = Steps of the unit
letter-reminder = Reminder:
letter-acknowledge = Acknowledge the letter
letter-launch = Launch in the unit
letter-number = Number:
letter-asks = { $unit } asks the agencies and units to carry out the following:
letter-to-many = the agencies and units that get the letter for action (listed in the document to download)
letter-contact = Contact for support:
letter-attachments = Attachments
letter-no-attachments = There are no attachments.
letter-lists = Indicator lists
letter-no-lists = There is no list yet.
letter-index = Download all lists as one compiled file, for lamsach match and watch
letter-indicators = { $count ->
    [one] { $count } indicator
   *[other] { $count } indicators
}
letter-told = Organisations told outside the system
letter-told-hint = List the organisations and enterprises that your unit told of the campaign and that do not use this system. They count in rows 1 and 2 of the report; one that was approved or sent stays as it is. Each should be listed by one unit only: the roll-up adds both where another unit lists it too.
letter-told-none = None yet.
letter-told-name = Name of the organisation or enterprise
letter-told-launched = It carries the campaign out
letter-enterprise = It is an enterprise
letter-pass-on = Pass the letter on to your units
letter-pass-to = To
letter-passed = { $count ->
    [one] Passed on to { $count } unit.
   *[other] Passed on to { $count } units.
}
letter-see-board = See their progress
letter-cover = Your own words (if any)
letter-own-number = Number of your own letter
letter-own-phrase = Phrase of the deadline
letter-own-deadline = Your own deadline, not later than the one above
letter-pass-on-do = Pass on
letter-information = What { $from } passed on is for information: the unit has this letter for action from { $collector }, reports to { $collector } and keeps the deadline given there.
letter-information-deadline = The end of { $day }, which { $from } gave, does not bind the unit.
letter-pass-information = – for information only: it has this letter for action from { $from } and reports there.
letter-pass-hint = Your own deadline binds the units that get the letter for action. Who gets it for information keeps the deadline of the unit it reports to.
