"""What `parlour check` looks at; each part yields findings and never raises."""
