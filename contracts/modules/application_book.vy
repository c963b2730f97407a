# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title The book of applications
@license Apache-2.0
@notice Institutions that ask to become issuers. Who may decide is the registry's to check.
@custom:invariant
     INV-14 OPEN, then ADMITTED or REFUSED; both are final.
"""

from ..interfaces import IApplications
from . import checks

application_total: public(uint64)
applications: HashMap[uint64, IApplications.Application]
latest: HashMap[address, uint64]


# --- anyone: reading ---

@external
@view
def application(application_id: uint64) -> IApplications.Application:
    return self.applications[application_id]


# --- internal ---

@internal
def _apply(uscc: bytes18, name: String[160], region: uint32) -> uint64:
    checks._require(not self._is_open(self.latest[msg.sender]), "application: one is open")
    application_id: uint64 = self.application_total + 1
    self.application_total = application_id
    self.latest[msg.sender] = application_id
    self.applications[application_id] = IApplications.Application(
        applicant=msg.sender,
        uscc=uscc,
        region=region,
        applied_at=convert(block.timestamp, uint64),
        status=IApplications.ApplicationStatus.OPEN,
        name=name,
    )
    log IApplications.ApplicationMade(
        application_id=application_id, applicant=msg.sender, uscc=uscc, name=name, region=region
    )
    return application_id


@internal
@view
def _require_open(application_id: uint64):
    checks._require(self._is_open(application_id), "application: not open")


@internal
def _admit(application_id: uint64):
    """
    @dev After `_require_open`.
    """
    self.applications[application_id].status = IApplications.ApplicationStatus.ADMITTED
    log IApplications.ApplicationAdmitted(
        application_id=application_id, uscc=self.applications[application_id].uscc
    )


@internal
def _refuse(application_id: uint64):
    self._require_open(application_id)
    self.applications[application_id].status = IApplications.ApplicationStatus.REFUSED
    log IApplications.ApplicationRefused(
        application_id=application_id, uscc=self.applications[application_id].uscc
    )


@internal
@view
def _is_open(application_id: uint64) -> bool:
    return self.applications[application_id].status == IApplications.ApplicationStatus.OPEN
