"""One value, many renderers: each is a pure function of assessments and opens nothing."""
