SELECT sum(cityHash64(
    account, kind, widget, version, layout, code, load_ms, count, rate,
    page_count, page_rows, page_widget_count, page_widget_rows, page_name_count, page_name_rows, page_loads,
    variant, region, truth, has_stages, content_ms, wanted_ms, ready_ms, report_ms
))
FROM events
WHERE ts = {ts:DateTime64(3, 'UTC')} AND ts >= now64(3) - INTERVAL $retention_days DAY
