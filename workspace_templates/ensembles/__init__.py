"""Ways to combine members' raw predictions; each module has one `combine`, chosen out-of-fold."""
