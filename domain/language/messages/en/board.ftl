# Progress and roll-up.
board-stages = Overall progress
board-stage = Step
board-share = Share
board-units = Units
board-late = { $count ->
    [one] { $count } unit is late
   *[other] { $count } units are late
}
board-action = Units that owe a report
board-none = The letter was not sent to any unit yet.
board-others = For coordination or information
board-remind-head = Choose
board-remind-unit = Remind { $unit }
board-reminded = Last reminded: { $at }
board-deadline = Due by the end of
board-cases = Cases handled
board-below = Units below that reported
board-below-share = { $reported } of { $units } units
board-message = Words of the reminder (if any)
board-remind = Remind the chosen units

roll-up-share = { $reported } of { $expected } units reported
roll-up-from = Added up from
roll-up-units = { $count ->
    [one] { $count } unit
   *[other] { $count } units
}
roll-up-missing = { $count ->
    [one] Missing: { $count } unit
   *[other] Missing: { $count } units
}
roll-up-late = { $count ->
    [one] Late: { $count } unit
   *[other] Late: { $count } units
}
roll-up-opinions = Assessments and proposals of the units
roll-up-beside = { $count ->
    [one] { $count } unit that got the letter for coordination or information acknowledged it
   *[other] { $count } units that got the letter for coordination or information acknowledged it
}
roll-up-beside-hint = These units owe no report and are in none of the figures above.
