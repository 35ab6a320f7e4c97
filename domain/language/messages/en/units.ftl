# Units and tokens of programs.
units-title = Units
units-count = { $count ->
    [one] { $count } unit in your scope.
   *[other] { $count } units in your scope.
}
units-name = Name
units-code = Code
units-kind = Kind
units-parents = Under
units-headcount = People

tokens-title = Tokens
tokens-lead = With a token the lamsach program on a computer of your unit can send its results here without a password. Give each computer a token of its own.
tokens-secret = This is the new token. It is shown this once: copy it now and keep it secret.
tokens-none-allowed = You may not make tokens for any unit.
tokens-none = There are no tokens yet.
tokens-until = valid until { $day }
tokens-revoke = Revoke
tokens-revoked = Revoked
tokens-label = A name to remember it by, such as: DNS server, main office
tokens-create = Make a token
