# Home page.
home-no-unit = Your account has no unit yet. Please ask the administrator.
home-runs = Campaigns that the unit runs
home-runs-none = The unit runs no campaign yet.
home-new-campaign = Write a new campaign
home-received = Letters received
home-received-none = No letter has been sent to the unit yet.
home-next-delivered = Next: open and acknowledge the letter.
home-next-opened = Next: acknowledge the letter.
home-next-acknowledged = Next: launch the campaign in your unit and pass the letter on.
home-next-launched = Next: check logs, clean devices and send the report.
home-report-draft = The report is being written. Next: check logs, clean devices, finish the report. Once it is whole, the leader sees it waiting on their first page.
home-report-approved = The report is approved. Next: submit it.
home-report-submitted = The report is sent; the focal unit has not taken note of it yet.
home-report-supplement-asked = The focal unit asks for a supplement. Next: change the report and have it approved again.
home-report-noted = The focal unit took note of the report.
home-report-locked = The campaign is over and the figures are locked.
home-owes-nothing = Received for coordination or information; no report is needed.
home-closed = The campaign is over; the unit sent no report.

home-tasks = Waiting for you
home-task-approval = The unit's report waits for your approval
home-task-submission = The report is approved and waits to be submitted
home-task-supplement = The focal unit asks for a supplement to the report
home-task-cases = { $count ->
    [one] { $count } device to be cleaned
   *[other] { $count } devices to be cleaned
}
home-task-notes = { $count ->
    [one] { $count } report waits for you to take note of it
   *[other] { $count } reports wait for you to take note of them
}

home-first = Next steps
home-first-lead = The portal was just set up. Four steps, in this order, lead to the first campaign.
home-first-done = Done
home-first-units = Import the list of units
home-first-units-hint = Download the template, fill in the units below yours, look at the preview and confirm it.
home-first-people = Invite people
home-first-people-hint = Invite the administrator or an officer of each unit; everybody gets an invitation whose code works once.
home-first-campaign = Write a campaign
home-first-campaign-hint = Write the letter, the tasks and the deadline; add indicator lists.
home-first-launch = Choose the receivers and launch
home-first-launch-hint = Choose who receives the letter for action, coordination or information, then launch: it reaches them at once.

welcome-title = Cleaning malware from cyberspace
welcome-lead = Where agencies carry out malware clean-up campaigns together: publish, check, monitor, clean and report. The page of each campaign tells everybody what to do.
welcome-campaigns = Campaigns
welcome-none = No campaign has been published yet.
welcome-officers = For officers of the units that take part
welcome-officers-lead = Sign in to acknowledge the letter, check logs and send the report.
