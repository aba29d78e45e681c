-- The accounts that collect the region of their page views.

CREATE TABLE regions
(
    account TEXT PRIMARY KEY REFERENCES accounts,
    epsilon REAL                                        -- of the randomised response; NULL: none
) STRICT;
