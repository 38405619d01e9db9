"""Looks at existing mail and says how it was answered; pure, writes and sends nothing.

`Survey` takes header sections one by one and keeps a small record of each; `report`
makes the figures of them that `parlour look` shows.
"""

from gateway.survey.ours import Known, KnownDesk
from gateway.survey.report import Report
from gateway.survey.survey import Survey

__all__ = ["Known", "KnownDesk", "Report", "Survey"]
