"""Jobs: how far they are, and stopping them."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema

from bearing_portal.api.access import needs
from monitoring.jobs.lifecycle import job_cancel_request
from monitoring.models import Job
from monitoring.selectors import job_get, jobs_visible

router = Router()
MOST = 200


class JobOut(Schema):
    id: UUID
    kind: str
    title: str
    status: str
    progress_done: int
    progress_total: int
    error: str
    incident_id: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class JobsOut(Schema):
    items: list[JobOut]


@router.get("/jobs", response=JobsOut, summary="Your jobs, the newest first")
def job_list(
    request: HttpRequest, active: bool = False, limit: int = Query(50, ge=1, le=MOST)
) -> JobsOut:
    jobs = jobs_visible(request.user).order_by("-created_at")
    if active:
        jobs = jobs.filter(status__in=Job.ACTIVE)
    return JobsOut(items=[JobOut.from_orm(job) for job in jobs[:limit]])


@router.get("/jobs/{job_id}", response=JobOut, summary="One job")
def job_show(request: HttpRequest, job_id: str) -> Job:
    return job_get(request.user, job_id)


@router.post("/jobs/{job_id}/cancel", response=JobOut, summary="Stop a job")
def job_stop(request: HttpRequest, job_id: str) -> Job:
    needs(request, "write")
    return job_cancel_request(user=request.user, job=job_get(request.user, job_id))
