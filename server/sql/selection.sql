account = {account:String}
    AND ts >= now64(3) - INTERVAL $retention_days DAY
    AND ts >= fromUnixTimestamp64Milli({start_ms:Int64})
    AND ts < fromUnixTimestamp64Milli({end_ms:Int64})
    AND ({widget:String} = '' OR widget = {widget:String})
    AND ({layout:String} = '' OR layout = {layout:String})
    AND ({version:String} = '' OR version = {version:String})
    AND ({not_widget:String} = '' OR widget != {not_widget:String})
    AND ({not_layout:String} = '' OR layout NOT IN ('', {not_layout:String}))
    AND ({not_version:String} = '' OR version != {not_version:String})
    AND ({region:String} = '' OR (region = {region:String} AND truth = 1))
    AND ({not_region:String} = '' OR (region NOT IN ('', {not_region:String}) AND truth = 1))
    AND ({code:String} = '' OR code = {code:String})
    $exclusions
