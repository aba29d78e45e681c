account = {account:String}
    AND ts >= now64(3) - INTERVAL $retention_days DAY
    AND ts >= fromUnixTimestamp64Milli({start_ms:Int64})
    AND ts < fromUnixTimestamp64Milli({end_ms:Int64})
    $filter
    $exclusions
