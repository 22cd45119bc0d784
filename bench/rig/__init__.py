"""What the measurements share: a clinic to measure, a server to ask, and somebody who asks."""
