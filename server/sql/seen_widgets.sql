-- The widgets of an account for whose content a page has asked.
SELECT DISTINCT widget
FROM content_answers
WHERE account = {account:String} AND hour >= now() - INTERVAL $retention_days DAY
