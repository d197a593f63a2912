-- Every span in the order it came, with what a list of traces needs of it.
SELECT trace_key, parent IS NULL, name, status, started_us, ended_us FROM span;
