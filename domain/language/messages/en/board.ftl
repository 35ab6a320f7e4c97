# Progress and roll-up.
board-stages = Overall progress
board-stage = Step
board-share = Share
board-units = Units
board-late = { $count ->
    [one] { $count } unit is late
   *[other] { $count } units are late
}
board-action = Units that must report
board-none = The letter was not sent to any unit yet.
board-counts = This page counts the units that got the letter from { $unit } itself and report to it. The roll-up counts every unit below that must report, at any depth, so the two numbers may differ.
board-to-roll-up = See the roll-up
board-choose-unreported = { $count ->
    [one] Choose the { $count } unit that has not reported
   *[other] Choose all { $count } units that have not reported
}
board-choose-none = Choose none
board-chosen = { $count ->
    [one] { $count } unit that has not reported is chosen.
   *[other] { $count } units that have not reported are chosen.
}
board-submitted-only = { $count ->
    [one] Only the { $count } unit whose report waits to be taken note of is shown.
   *[other] Only the { $count } units whose reports wait to be taken note of are shown.
}
board-none-submitted = No report waits to be taken note of.
board-show-all = Show all units
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
roll-up-beside-hint = These units need not report and are in none of the figures above.
roll-up-counts = Every unit below that must report, at any depth, each once. The progress page counts only those that got the letter directly.
roll-up-told = { $count ->
    [one] { $count } organisation outside the system was listed as told by several units
   *[other] { $count } organisations outside the system were listed as told by several units
}
roll-up-told-hint = A roll-up is the sum of its reports: what is one organisation counts several times. The same name may be two, so ask the units; where it is one, ask one of them for a supplement.
