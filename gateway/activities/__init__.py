"""Do: one public function is one use case is one transaction."""
