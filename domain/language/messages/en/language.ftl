# Names of languages and words used everywhere.
language-name = English
language-files =
    { $count ->
        [one] { $count } file
       *[other] { $count } files
    }
