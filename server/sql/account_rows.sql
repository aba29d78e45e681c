SELECT count() AS rows FROM events
WHERE account = {account:String} AND ts >= now64(3) - INTERVAL $retention_days DAY
