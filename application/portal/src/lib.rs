//! What people do with a campaign, one function each: authorise, load, decide, save.
