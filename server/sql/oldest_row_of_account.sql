SELECT toUnixTimestamp64Milli(min(ts)) AS oldest_ms FROM events
WHERE account = {account:String} AND ts >= now64(3) - INTERVAL $retention_days DAY
