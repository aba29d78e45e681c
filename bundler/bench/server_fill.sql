-- One day of made-up events: 20 accounts of different sizes, 40 widgets. Each number gives the same row again.
INSERT INTO events (ts, account, kind, widget, version, layout, code, load_ms, count, rate)
WITH
    cityHash64({day:UInt32}, number) AS chance,
    multiIf(chance % 100 < 70, 'load', chance % 100 < 75, 'error', 'interaction') AS what,
    -- Three even draws make a bell, which makes a lognormal time.
    (cityHash64(chance, 1) % 1000 + cityHash64(chance, 2) % 1000 + cityHash64(chance, 3) % 1000 - 1500) / 500 AS bell,
    intDiv(cityHash64(chance, 4) % 400, 20) AS who
SELECT
    {until:DateTime64(3, 'UTC')} - toIntervalMillisecond(intDiv(86400000 * number, {rows:UInt32}) + 86400000 * {day:UInt32}),
    concat('account', toString(who)),
    what,
    concat('widget-', toString(2 * who + cityHash64(chance, 5) % 2)),
    concat('0.4.', toString(intDiv({day:UInt32}, 20))),
    if(what = 'error', '', ['grid', 'carousel', 'list', 'wall'][1 + cityHash64(chance, 6) % 4]),
    if(what = 'error', ['API_ERROR', 'API_TIMEOUT', 'RENDER_ERROR'][1 + cityHash64(chance, 7) % 3], ''),
    if(what = 'load', toUInt32(60 + exp(5.8 + 0.6 * bell)), 0),
    if(what = 'load', 1, 1 + cityHash64(chance, 8) % 3),
    [0.01, 0.1, 0.5, 1][1 + who % 4]
FROM numbers({rows:UInt32})
