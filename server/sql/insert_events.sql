INSERT INTO telemetry.events (ts, account, kind, widget, version, layout, code, load_ms, count, rate)
FORMAT JSONEachRow
