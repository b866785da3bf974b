"""`python -m rcdesk.simulator`: the same as `rcdesk simulate`."""

import sys

from rcdesk.cli.simulate import main

sys.exit(main())
