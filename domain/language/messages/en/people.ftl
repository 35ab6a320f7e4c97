# People of the units.
people-title = People

audit-title = Log of deeds
