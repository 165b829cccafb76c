"""Running the portal: processes, embedded servers, warm-up, sample, pictures."""
