//! Units, campaigns, directives, receipts, devices and cases as pure state machines.
