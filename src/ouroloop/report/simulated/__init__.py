"""The simulated part of the report: where the loop goes, how wide that is, and what it rests on."""
