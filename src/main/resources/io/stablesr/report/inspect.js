// The page of maps and plots needs nothing beyond what all pages have.
