-- One day of made-up events: 20 accounts of different sizes with 40 widgets. Rows are a function of their number.
INSERT INTO events (ts, account, kind, widget, version, layout, code, load_ms, count, rate)
WITH
    cityHash64({day:UInt32}, number) AS chance,
    multiIf(chance % 100 < 70, 'load', chance % 100 < 75, 'error', 'interaction') AS event,
    -- The sum of three uniform draws is nearly normal; its exponential is a lognormal time.
    (cityHash64(chance, 1) % 1000 + cityHash64(chance, 2) % 1000 + cityHash64(chance, 3) % 1000 - 1500) / 500 AS normal,
    intDiv(cityHash64(chance, 4) % 400, 20) AS account_number
SELECT
    {until:DateTime64(3, 'UTC')} - toIntervalMillisecond(intDiv(86400000 * number, {rows:UInt32}) + 86400000 * {day:UInt32}),
    concat('account', toString(account_number)),
    event,
    concat('widget-', toString(2 * account_number + cityHash64(chance, 5) % 2)),
    concat('0.4.', toString(intDiv({day:UInt32}, 20))),
    if(event = 'error', '', ['grid', 'carousel', 'list', 'wall'][1 + cityHash64(chance, 6) % 4]),
    if(event = 'error', ['API_ERROR', 'API_TIMEOUT', 'RENDER_ERROR'][1 + cityHash64(chance, 7) % 3], ''),
    if(event = 'load', toUInt32(60 + exp(5.8 + 0.6 * normal)), 0),
    if(event = 'load', 1, 1 + cityHash64(chance, 8) % 3),
    [0.01, 0.1, 0.5, 1][1 + account_number % 4]
FROM numbers({rows:UInt32})
