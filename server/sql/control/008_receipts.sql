-- Where an account's widgets have the button of the receipt. In the mode opt-in `none` means `bottom`.
ALTER TABLE accounts ADD COLUMN receipt TEXT NOT NULL DEFAULT 'none' CHECK (receipt IN ('none', 'top', 'bottom'));
