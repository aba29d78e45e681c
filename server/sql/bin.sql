load_ms + intDiv(roundToExp2(load_ms), 256) AS half_up_ms,
        half_up_ms - half_up_ms % greatest(1, intDiv(roundToExp2(half_up_ms), 128)) AS bin_ms
